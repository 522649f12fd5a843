using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TrainingService.Api.Datasets;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;
using TrainingService.Domain.Webhooks;

namespace TrainingService.Api.Jobs;

/// <summary>
/// Takes new jobs in. The row first: it is the truth, and once it is there the job is accepted, whatever becomes of the wake-up.
/// Whoever resumes a job puts it on the queue in the same way.
/// </summary>
internal sealed class JobIntake(
    DatasetResolver datasets, DatasetIntake fetches, WebhookPolicy webhooks, JobStore store, QueueFeeder feeder, TrainingDb db, JobReader jobs, IOptions<JobOptions> options)
{
    /// <summary>A data set that the service knows and does not have at hand.</summary>
    private const string NotReady = "dataset_not_ready";

    /// <summary>The caller's name for a request that makes a job; together with its digest it says whether the request came before.</summary>
    /// <param name="key">From the header; null when there was none.</param>
    /// <param name="address">What the request was sent to.</param>
    /// <param name="body">Its body; how it was spaced does not matter.</param>
    public static IdempotencyKey? KeyOf(string? key, PathString address, JsonElement body) => key is null ? null
        : new IdempotencyKey(key, Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{address}\n"), .. JsonSerializer.SerializeToUtf8Bytes(body)])));

    /// <summary>Reads, checks and stores a job.</summary>
    public async Task<Intake> TakeAsync(JsonElement spec, JobOrigin? origin, IdempotencyKey? key, CancellationToken ct)
    {
        var (submission, violations) = await ReadAsync(spec, fetch: true, ct);
        if (submission is null)
            // What is wrong now may have been right when the same request came the first time.
            return await FindRepeatedAsync(key, ct) ?? new Intake(null, Violations: violations);
        var added = await store.AddAsync(submission, origin, key, ct);
        if (added.Offer is { } offer)
            feeder.Feed(offer);
        return await IntakeAsync(added.Outcome, added.JobId, ct);
    }

    /// <summary>Reads and checks a job, also against what this service's operator allows.</summary>
    /// <param name="fetch">Whether Keras's data sets that it names and that are not here are fetched; it can be submitted once they are.</param>
    public async Task<(JobSubmission? Submission, IReadOnlyList<Violation> Violations)> ReadAsync(JsonElement spec, bool fetch, CancellationToken ct)
    {
        var resolved = await datasets.ResolveAsync(spec, ct);
        if (resolved.ToFetch.Count > 0)
            return (null, [await NotHereAsync(resolved.ToFetch, fetch, ct)]);
        var submission = JobSubmission.TryRead(spec, resolved.Infos, out var violations, options.Value.MaxMemoryBytes);
        if (submission is not null)
            violations = [.. Receivers(submission.Spec)];
        return (violations.Count == 0 ? submission : null, violations);
    }

    private async Task<Violation> NotHereAsync(IReadOnlyList<string> names, bool fetch, CancellationToken ct)
    {
        const string Expected = "expected data sets that are ready. Received:";
        if (!fetch)
            return new Violation("/data", NotReady, $"{Expected} {string.Join(", ", names)}, which is not here yet; POST /v1/datasets with its name fetches it.");
        var versions = (await fetches.FetchAsync(names, ct)).Select(version => $"/v1/datasets/{version.Name}/versions/{version.Version}");
        return new Violation("/data", NotReady, $"{Expected} {string.Join(", ", names)}, which is being fetched now. Submit the job again when it is ready: {string.Join(", ", versions)}.");
    }

    private IEnumerable<Violation> Receivers(JobSpec spec) =>
        from callback in (spec.Fit?.Callbacks ?? []).Index()
        let objection = callback.Item is RemoteMonitor monitor ? webhooks.Objection(monitor.Address()!) : null
        where objection is not null
        select new Violation($"/fit/callbacks/{callback.Index}/config/root", ViolationCodes.UnsupportedValue, objection);

    /// <summary>What the same request made before; null when it is new.</summary>
    public async Task<Intake?> FindRepeatedAsync(IdempotencyKey? key, CancellationToken ct)
    {
        if (key is null)
            return null;
        var found = await db.Jobs.AsNoTracking().Where(job => job.IdempotencyKey == key.Key)
            .Select(job => new { job.Id, job.IdempotencySha256 }).SingleOrDefaultAsync(ct);
        return found is null ? null
            : await IntakeAsync(found.IdempotencySha256 == key.BodySha256 ? AddOutcome.Repeated : AddOutcome.KeyReused, found.Id, ct);
    }

    /// <summary>Lets a paused job go on.</summary>
    public async Task<VerbResult> ResumeAsync(Guid id, CancellationToken ct)
    {
        var result = await store.ResumeAsync(id, ct);
        if (result.Offer is { } offer)
            feeder.Feed(offer);
        return result;
    }

    private async Task<Intake> IntakeAsync(AddOutcome outcome, Guid id, CancellationToken ct) =>
        new(outcome, outcome is AddOutcome.Created or AddOutcome.Repeated ? await jobs.FindWholeAsync(id, ct) : null);
}
