using System.Diagnostics;
using System.Globalization;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Benchmarks.Load;

/// <summary>A worker program whose runs claim their job and end it: the queue and the store without a trainer.</summary>
internal static class NoOpWorker
{
    /// <summary>Argument that turns this program into such a worker; then the connection string, the folder and the number of jobs at a time.</summary>
    public const string Verb = "no-op-worker";

    public static async Task<int> RunAsync(string connectionString, string folder, int concurrency)
    {
        using var host = LoadCluster.BuildHost(connectionString, folder, services =>
        {
            services.AddSingleton<ITrainingRunner, Runner>();
            services.AddHangfireServer((_, server) =>
            {
                server.Queues = [.. TrainingQueue.NamesOf([TrainingQueue.Cpu])];
                server.WorkerCount = concurrency;
            });
        });
        await host.StartAsync();
        Console.ReadLine();
        await host.StopAsync();
        return 0;
    }

    /// <summary>Starts one; closing its standard input ends it.</summary>
    public static Process Start(LoadCluster cluster, string folder, int concurrency) => Process.Start(new ProcessStartInfo(
        "dotnet", [typeof(NoOpWorker).Assembly.Location, Verb, cluster.ConnectionString, folder, concurrency.ToString(CultureInfo.InvariantCulture)])
    {
        RedirectStandardInput = true,
    })!;

    private sealed class Runner(JobStore store) : ITrainingRunner
    {
        public async Task RunAsync(Guid jobId, CancellationToken ct)
        {
            if (await store.TryClaimAsync(jobId, "no-op", TimeSpan.FromMinutes(1), ct) is { } claim)
                await store.TryFinishAsync(jobId, claim.Attempt, JobStatus.Succeeded, StopReason.Completed, null, ct);
        }
    }
}
