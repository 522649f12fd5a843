using TrainingService.Client.Artifacts;
using TrainingService.Client.Http;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Jobs;

/// <summary>What a job made and how it fared.</summary>
public sealed partial class JobsClient
{
    /// <summary>Each time that a worker took the job, the first one first: who, how long, how it ended.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<AttemptResponse>> AttemptsAsync(Guid jobId, CancellationToken cancellationToken = default) =>
        await _http.GetAsync<IReadOnlyList<AttemptResponse>>($"v1/jobs/{jobId}/attempts", cancellationToken);

    /// <summary>Every change of the job's status, phase or wish, the first one first: who, why, when.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<TransitionResponse>> TransitionsAsync(Guid jobId, CancellationToken cancellationToken = default) =>
        await _http.GetAsync<IReadOnlyList<TransitionResponse>>($"v1/jobs/{jobId}/transitions", cancellationToken);

    /// <summary>The checkpoints that are kept, the newest first.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<CheckpointResponse>> CheckpointsAsync(Guid jobId, CancellationToken cancellationToken = default) =>
        await _http.GetAsync<IReadOnlyList<CheckpointResponse>>($"v1/jobs/{jobId}/checkpoints", cancellationToken);

    /// <summary>The figures of a job's epochs.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<MetricsResponse> MetricsAsync(Guid jobId, CancellationToken cancellationToken = default) =>
        MetricsAsync(jobId, MetricsPer.Epoch, cancellationToken: cancellationToken);

    /// <summary>The figures of a job's epochs or steps.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="per">What an entry stands for.</param>
    /// <param name="points">Most values per figure, 10 to 2000; a longer run is thinned. Default: 500.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<MetricsResponse> MetricsAsync(Guid jobId, MetricsPer per, int points = 500, CancellationToken cancellationToken = default) =>
        _http.GetAsync<MetricsResponse>($"v1/jobs/{jobId}/metrics?per={(per == MetricsPer.Step ? "step" : "epoch")}&points={points}", cancellationToken);

    /// <summary>A ready Chart.js configuration of one figure's training and validation curve.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="metric">Such as <c>loss</c> or <c>accuracy</c>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<ChartResponse> ChartAsync(Guid jobId, string metric, CancellationToken cancellationToken = default) =>
        _http.GetAsync<ChartResponse>($"v1/jobs/{jobId}/charts/{Uri.EscapeDataString(metric)}", cancellationToken);

    /// <summary>The files that a job left so far.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<ArtifactResponse>> ArtifactsAsync(Guid jobId, CancellationToken cancellationToken = default) =>
        await _http.GetAsync<IReadOnlyList<ArtifactResponse>>($"v1/jobs/{jobId}/artifacts", cancellationToken);

    /// <summary>Address of a file, for links.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="name">Name of the artifact.</param>
    public Uri ArtifactAddress(Guid jobId, string name) => _http.Address($"v1/jobs/{jobId}/artifacts/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>
    /// Downloads a file of a job. A broken download goes on where it stopped, also that of an earlier call; the file appears under its
    /// name only when it is complete and its SHA-256 is the service's.
    /// </summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="name">Name of the artifact.</param>
    /// <param name="path">File to write; one that exists is replaced.</param>
    /// <param name="progress">Told about the bytes that have come.</param>
    /// <param name="cancellationToken">Stops; the bytes so far stay for the next call.</param>
    /// <returns>What was downloaded.</returns>
    /// <exception cref="TrainingServiceException">There is no such job or artifact.</exception>
    /// <exception cref="InvalidDataException">What came has another SHA-256.</exception>
    public Task<ArtifactResponse> DownloadAsync(
        Guid jobId, string name, string path, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new ArtifactDownload(_http, new Backoff(_options), _options.MaxDownloadAttempts, ArtifactAddress(jobId, name), progress)
            .RunAsync(() => FindArtifactAsync(jobId, name, cancellationToken), path, cancellationToken);

    private async Task<ArtifactResponse> FindArtifactAsync(Guid jobId, string name, CancellationToken ct)
    {
        var artifacts = await ArtifactsAsync(jobId, ct);
        return artifacts.FirstOrDefault(artifact => artifact.Name == name) ?? throw new TrainingServiceException(new ProblemResponse(
            "about:blank", "Not Found", 404, "not_found",
            $"Job {jobId} has no artifact \"{name}\". It has: {string.Join(", ", artifacts.Select(artifact => artifact.Name))}.", null, null));
    }
}
