using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Api.Jobs;

/// <summary>Makes answers of rows: what stands in them, and what follows from where the others stand.</summary>
internal sealed class JobAnswers(QueuePlaces places, TimeLeft timeLeft)
{
    public async Task<JobResponse> OfAsync(JobRow row, CancellationToken ct) => (await OfAsync([row], ct))[0];

    /// <summary>A job as it was stored a moment ago; all of it is at hand.</summary>
    public async Task<JobResponse> OfNewAsync(JobSubmission submission, Offer offer, StoredJob stored, JobOrigin? origin, CancellationToken ct) =>
        await OfAsync(JobRow.New(submission.Spec, submission.Model.Name, offer, stored.CreatedAt, origin), ct)
            with { Spec = JsonElement.Parse(stored.Spec), Model = submission.Model };

    public async Task<IReadOnlyList<JobResponse>> OfAsync(IReadOnlyList<JobRow> rows, CancellationToken ct)
    {
        var line = rows.Any(row => row.Status == JobStatus.Queued) ? await places.ReadAsync(ct) : null;
        var left = await timeLeft.ReadAsync(rows, ct);
        return [.. rows.Select(row => row.Status switch
        {
            JobStatus.Queued => row.ToResponse() with { QueuePosition = line!.PlaceOf(row.Queue, row.Lane, row.Id), WaitingFor = WaitingFor(row, line) },
            JobStatus.Running when left.TryGetValue(row.Id, out var seconds) => row.ToResponse() with { EtaSeconds = Math.Round(seconds, 1) },
            _ => row.ToResponse(),
        })];
    }

    private static string? WaitingFor(JobRow row, WaitingLine line) =>
        row.NotBefore > DateTimeOffset.UtcNow ? $"another try, not before {row.NotBefore:yyyy-MM-dd HH:mm:ss} UTC." : line.MissingWorker(row.Queue);
}
