using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Jobs;

/// <summary>What can be asked of a job. Asking again changes nothing, so every method repeats a request whose answer was lost.</summary>
public sealed partial class JobsClient
{
    /// <summary>Asks for a job to be cancelled.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <returns>The job: cancelled, or still running with <c>requested: cancel</c>, or ended before.</returns>
    public Task<JobResponse> CancelAsync(Guid jobId, CancellationToken cancellationToken = default) => AskAsync(jobId, "cancel", cancellationToken);

    /// <summary>Asks for a job to be paused: a queued one is at once, a running one writes a checkpoint first.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <returns>The job: paused, or still running with <c>requested: pause</c>.</returns>
    /// <exception cref="TrainingServiceException">409: the job has ended, or is being cancelled.</exception>
    public Task<JobResponse> PauseAsync(Guid jobId, CancellationToken cancellationToken = default) => AskAsync(jobId, "pause", cancellationToken);

    /// <summary>Puts a paused job before the new ones in its queue, to go on where it stood; takes back a pause that is under way.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="TrainingServiceException">409: the job has ended, or is being cancelled.</exception>
    public Task<JobResponse> ResumeAsync(Guid jobId, CancellationToken cancellationToken = default) => AskAsync(jobId, "resume", cancellationToken);

    /// <summary>Takes an ended job out of the lists; nothing of it is lost.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="TrainingServiceException">409: the job has not ended.</exception>
    public Task<JobResponse> ArchiveAsync(Guid jobId, CancellationToken cancellationToken = default) => AskAsync(jobId, "archive", cancellationToken);

    /// <summary>Puts an archived job back into the lists.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    public Task<JobResponse> UnarchiveAsync(Guid jobId, CancellationToken cancellationToken = default) => AskAsync(jobId, "unarchive", cancellationToken);

    /// <summary>Removes a job with its events, checkpoints and files, whatever its status; a worker that holds it stops.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    public Task DeleteAsync(Guid jobId, CancellationToken cancellationToken = default) => _http.DeleteAsync($"v1/jobs/{jobId}", cancellationToken);

    /// <summary>A new job that trains an ended one further, from its last checkpoint.</summary>
    /// <param name="jobId">The job to go on from.</param>
    /// <param name="epochs">How many epochs more, 1 to 1,000,000.</param>
    /// <param name="idempotencyKey">The caller's own name for this request, as in <see cref="SubmitAsync(JsonElement, string, CancellationToken)"/>; null takes a new one.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    /// <returns>The new job.</returns>
    /// <exception cref="TrainingServiceException">409: the job has not ended, or has no checkpoint.</exception>
    public Task<JobResponse> ContinueAsync(Guid jobId, int epochs, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _http.MakeAsync<JobResponse>(
            $"v1/jobs/{jobId}/continue", JsonSerializer.SerializeToElement(new ContinueRequest(epochs), ContractsJson.Options), idempotencyKey, cancellationToken);

    /// <summary>A new job like another one, with changes.</summary>
    /// <param name="jobId">The job to copy.</param>
    /// <param name="changes">
    /// A JSON merge patch (RFC 7396) of its resolved spec: members replace those of the same name, objects are merged, null takes a member
    /// out, lists are replaced as a whole. Null changes nothing.
    /// </param>
    /// <param name="idempotencyKey">The caller's own name for this request, as in <see cref="SubmitAsync(JsonElement, string, CancellationToken)"/>; null takes a new one.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    /// <returns>The new job.</returns>
    /// <exception cref="TrainingServiceException">400: what comes out is no job; the pointers lead into the merged document.</exception>
    public Task<JobResponse> CloneAsync(
        Guid jobId, JsonElement? changes = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _http.MakeAsync<JobResponse>($"v1/jobs/{jobId}/clone", changes ?? Parse("{}"), idempotencyKey, cancellationToken);

    /// <summary>A new job like another one, with changes as JSON text.</summary>
    /// <param name="jobId">The job to copy.</param>
    /// <param name="changes">A JSON merge patch (RFC 7396) of its resolved spec.</param>
    /// <param name="idempotencyKey">The caller's own name for this request; null takes a new one.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    /// <returns>The new job.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public Task<JobResponse> CloneAsync(Guid jobId, string changes, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        CloneAsync(jobId, Parse(changes), idempotencyKey, cancellationToken);

    private Task<JobResponse> AskAsync(Guid jobId, string verb, CancellationToken ct) => _http.AskAsync<JobResponse>($"v1/jobs/{jobId}/{verb}", ct);
}
