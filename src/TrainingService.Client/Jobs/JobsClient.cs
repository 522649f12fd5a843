using System.Runtime.CompilerServices;
using System.Text.Json;
using TrainingService.Client.Events;
using TrainingService.Client.Http;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Jobs;

/// <summary>Jobs, their events, figures and files. Every method throws <see cref="TrainingServiceException"/> when the service refuses.</summary>
public sealed partial class JobsClient
{
    private readonly ServiceHttp _http;
    private readonly EventStream _streams;
    private readonly TrainingServiceClientOptions _options;

    internal JobsClient(ServiceHttp http, EventHub hub, TrainingServiceClientOptions options)
    {
        _http = http;
        _streams = new EventStream(hub);
        _options = options;
    }

    /// <summary>Submits a job.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    public Task<JobResponse> SubmitAsync(JobSpec spec, CancellationToken cancellationToken = default) =>
        SubmitAsync(JsonSerializer.SerializeToElement(spec, ContractsJson.Options), cancellationToken);

    /// <summary>Submits a job that is JSON text, such as a job file's content.</summary>
    /// <param name="json">The job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public Task<JobResponse> SubmitAsync(string json, CancellationToken cancellationToken = default) =>
        SubmitAsync(Parse(json), cancellationToken);

    /// <summary>Submits a job that is JSON.</summary>
    /// <param name="json">The job.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    public Task<JobResponse> SubmitAsync(JsonElement json, CancellationToken cancellationToken = default) =>
        _http.MakeAsync<JobResponse>("v1/jobs", json, key: null, cancellationToken);

    /// <summary>Submits a job once, however often this is called with the same key: also by another process, after a crash.</summary>
    /// <param name="json">The job.</param>
    /// <param name="idempotencyKey">The caller's own name for this submission, 1 to 200 visible ASCII characters; another job needs another.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    /// <returns>The job, as it is now when it was submitted before.</returns>
    public Task<JobResponse> SubmitAsync(JsonElement json, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(idempotencyKey);
        return _http.MakeAsync<JobResponse>("v1/jobs", json, idempotencyKey, cancellationToken);
    }

    /// <summary>Submits a job that is JSON text once, however often this is called with the same key.</summary>
    /// <param name="json">The job.</param>
    /// <param name="idempotencyKey">The caller's own name for this submission, 1 to 200 visible ASCII characters; another job needs another.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the job may exist all the same.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public Task<JobResponse> SubmitAsync(string json, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SubmitAsync(Parse(json), idempotencyKey, cancellationToken);

    /// <summary>Reads and checks a job without storing or running anything.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Every default, the layers' shapes and parameter counts, the memory needed.</returns>
    public Task<ValidationResponse> ValidateAsync(JobSpec spec, CancellationToken cancellationToken = default) =>
        ValidateAsync(JsonSerializer.SerializeToElement(spec, ContractsJson.Options), cancellationToken);

    /// <summary>Reads and checks a job that is JSON text.</summary>
    /// <param name="json">The job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public Task<ValidationResponse> ValidateAsync(string json, CancellationToken cancellationToken = default) =>
        ValidateAsync(Parse(json), cancellationToken);

    /// <summary>Reads and checks a job that is JSON.</summary>
    /// <param name="json">The job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<ValidationResponse> ValidateAsync(JsonElement json, CancellationToken cancellationToken = default) =>
        _http.PostAsync<ValidationResponse>("v1/jobs:validate", json, cancellationToken);

    /// <summary>A job with its resolved spec and its model's summary.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<JobResponse> GetAsync(Guid jobId, CancellationToken cancellationToken = default) =>
        _http.GetAsync<JobResponse>($"v1/jobs/{jobId}", cancellationToken);

    /// <summary>All jobs, newest first, fetched page by page while they are read.</summary>
    /// <param name="query">Null lists all.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    public async IAsyncEnumerable<JobResponse> ListAsync(
        JobQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await ListPageAsync(query, cursor, cancellationToken);
            foreach (var job in page.Items)
                yield return job;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>One page of jobs, newest first.</summary>
    /// <param name="query">Null lists all.</param>
    /// <param name="after">The previous page's <see cref="Page{T}.NextCursor"/>; null for the first page.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<Page<JobResponse>> ListPageAsync(JobQuery? query = null, string? after = null, CancellationToken cancellationToken = default) =>
        _http.GetAsync<Page<JobResponse>>((query ?? new JobQuery()).Path(after), cancellationToken);

    /// <summary>
    /// A job's events: first those that are stored, then live ones, up to and including <c>terminal</c>. A broken connection or a
    /// restarting server is waited for, and the stream resumes where it stood: every numbered event comes once and in order.
    /// <see cref="EventTypes.Progress"/> is live only and may be left out.
    /// </summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="after">Number of the last event that the caller has. Default: 0, from the beginning.</param>
    /// <param name="onStatus">Told when the connection is made, lost and made again.</param>
    /// <param name="cancellationToken">Ends the stream; leaving the loop does too.</param>
    /// <exception cref="TrainingServiceException">There is no such job, or the service refuses to show it.</exception>
    public IAsyncEnumerable<JobEvent> EventsAsync(
        Guid jobId, long after = 0, Action<StreamStatus>? onStatus = null, CancellationToken cancellationToken = default) =>
        _streams.EventsAsync(jobId, after, (seq, ct) => EndedAsync(jobId, seq, ct), onStatus, cancellationToken);

    /// <summary>A page of the stored events.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="after">Number of the last event that the caller has. Default: 0, from the beginning.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<Page<JobEvent>> EventsPageAsync(Guid jobId, long after = 0, CancellationToken cancellationToken = default) =>
        _http.GetAsync<Page<JobEvent>>($"v1/jobs/{jobId}/events?after={after}", cancellationToken);

    /// <summary>
    /// Jobs as they change, without spec and model, until cancelled. The stream connects again by itself, but changes in between are
    /// not repeated: read the list again whenever <paramref name="onStatus"/> says <see cref="StreamState.Live"/>.
    /// </summary>
    /// <param name="onStatus">Told when the connection is made, lost and made again.</param>
    /// <param name="cancellationToken">Ends the stream; leaving the loop does too.</param>
    public IAsyncEnumerable<JobResponse> ChangesAsync(
        Action<StreamStatus>? onStatus = null, CancellationToken cancellationToken = default) =>
        _streams.ChangesAsync<JobResponse>("Jobs", onStatus, cancellationToken);

    /// <summary>Waits until a job has ended, over any number of broken connections.</summary>
    /// <param name="jobId">Which job.</param>
    /// <param name="cancellationToken">Ends the waiting, not the job.</param>
    /// <returns>The ended job.</returns>
    public async Task<JobResponse> WaitAsync(Guid jobId, CancellationToken cancellationToken = default)
    {
        var backoff = new Backoff(_options);
        long after = 0;
        while (true)
        {
            try
            {
                var job = await GetAsync(jobId, cancellationToken);
                if (job.IsTerminal)
                    return job;
                after = Math.Max(after, job.LastSeq);
            }
            catch (Exception exception) when (Backoff.IsTransient(exception, cancellationToken))
            {
                await Task.Delay(backoff.Next(), cancellationToken);
                continue;
            }
            await foreach (var jobEvent in EventsAsync(jobId, after, cancellationToken: cancellationToken))
                after = jobEvent.Seq ?? after;
        }
    }

    private async Task<bool> EndedAsync(Guid jobId, long seq, CancellationToken ct)
    {
        try
        {
            var job = await GetAsync(jobId, ct);
            return job.IsTerminal && job.LastSeq <= seq;
        }
        catch (Exception exception) when (Backoff.IsTransient(exception, ct))
        {
            return false;
        }
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
