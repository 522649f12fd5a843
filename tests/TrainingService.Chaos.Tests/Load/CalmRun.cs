using System.Text.Json;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Load;

/// <summary>What each kind of job comes to when nothing disturbs it: the hash of its final weights.</summary>
internal static class CalmRun
{
    public const string Weights = "model.safetensors";

    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(ServiceUnderFault service, CancellationToken ct)
    {
        var jobs = new Dictionary<string, Guid>();
        foreach (var kind in SmallJobs.Kinds)
            jobs[kind] = (await service.Client.Jobs.SubmitAsync(SmallJobs.Of(kind, $"calm-{kind}"), ct)).Id;
        var hashes = new Dictionary<string, string>();
        foreach (var (kind, job) in jobs)
        {
            var ended = await service.Client.Jobs.WaitAsync(job, ct);
            if (ended.Status != Contracts.Jobs.JobStatus.Succeeded)
                throw new InvalidOperationException($"The calm run of {kind} ended {ended.Status}: {ended.Error?.Message}");
            hashes[kind] = (await service.Client.Jobs.ArtifactsAsync(job, ct)).Single(artifact => artifact.Name == Weights).Sha256;
        }
        return hashes;
    }

    /// <summary>Figures of all epochs, without what a clock or a machine has a part in.</summary>
    public static string Series(JsonElement metrics) => string.Join('\n', metrics.GetProperty("epochs").EnumerateArray().Select(epoch => $"{epoch.GetProperty("epoch").GetInt32()} {epoch.GetProperty("logs").GetRawText()}"));
}
