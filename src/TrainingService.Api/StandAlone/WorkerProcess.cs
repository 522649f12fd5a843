using System.ComponentModel;
using System.Diagnostics;
using TrainingService.Domain.Extensions;

namespace TrainingService.Api.StandAlone;

/// <summary>
/// Runs the Worker program as a child and starts it again when it dies. Its stdin stays open as long as the service lives: closing it asks
/// the worker to stop, and the operating system closes it when the service is killed.
/// </summary>
internal sealed class WorkerProcess(StandAloneOptions options, IConfiguration configuration, ILogger<WorkerProcess> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>A worker that ran so long had started well: the next pause is the first again.</summary>
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    /// <summary>Time for handing running jobs back; less than the host's own limit.</summary>
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = TimeProvider.System.GetTimestamp();
            await RunAsync(stoppingToken);
            if (stoppingToken.IsCancellationRequested)
                return;
            if (TimeProvider.System.GetElapsedTime(started) >= Healthy)
                pause = FirstPause;
            logger.LogInformation("The worker is started again in {Seconds} s.", pause.TotalSeconds);
            if (!await PauseAsync(pause, stoppingToken))
                return;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var worker = TryStart(Command());
        if (worker is null)
            return;
        logger.LogInformation("The worker runs as process {ProcessId}.", worker.Id);
        try
        {
            await worker.WaitForExitAsync(stoppingToken);
            logger.LogWarning("The worker ended with exit code {ExitCode}.", worker.ExitCode);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await StopAsync(worker);
        }
    }

    private Process? TryStart(ProcessStartInfo command)
    {
        try
        {
            return Process.Start(command);
        }
        catch (Win32Exception exception)
        {
            logger.LogError(exception, "The worker could not be started.");
            return null;
        }
    }

    private async Task StopAsync(Process worker)
    {
        worker.StandardInput.Close();
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await worker.WaitForExitAsync(patience.Token);
            logger.LogInformation("The worker stopped.");
        }
        catch (OperationCanceledException)
        {
            logger.LogError("The worker did not stop within {Seconds} s and is killed; its jobs go on with the next one.", StopPatience.TotalSeconds);
            worker.Kill(entireProcessTree: true);
            await worker.WaitForExitAsync(CancellationToken.None);
        }
    }

    private ProcessStartInfo Command()
    {
        var path = options.WorkerPath!;
        var command = new ProcessStartInfo { RedirectStandardInput = true, UseShellExecute = false };
        if (path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            command.FileName = DotnetHost();
            command.ArgumentList.Add(path);
        }
        else
        {
            command.FileName = path;
        }
        command.ArgumentList.Add("run");
        command.ArgumentList.Add("--exit-with-parent");
        command.Environment["ConnectionStrings__Training"] = configuration.GetConnectionString("Training");
        command.Environment["Storage__Root"] = configuration["Storage:Root"];
        command.Environment["Datasets__Root"] = configuration["Datasets:Root"];
        foreach (var (key, value) in configuration.GetSection(ExtensionOptions.Section).AsEnumerable())
        {
            if (value is not null)
                command.Environment[key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal)] = value;
        }
        return command;
    }

    private static string DotnetHost() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : "dotnet";

    private static async Task<bool> PauseAsync(TimeSpan pause, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(pause);
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
