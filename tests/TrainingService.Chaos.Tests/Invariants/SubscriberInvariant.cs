using System.Text.Json;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>I16: what each subscriber has is what the rows are, to the last event.</summary>
internal sealed class SubscriberInvariant(ServiceUnderFault service, IReadOnlyList<Subscriber> subscribers)
{
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken ct)
    {
        if (subscribers.Count == 0)
            return [];
        var violations = new List<string>();
        var rows = (await service.Postgres.QueryAsync(
                "SELECT job_id, seq, type, data::text FROM job_events ORDER BY job_id, seq",
                row => (Job: row.GetGuid(0), Event: new Seen(row.GetInt64(1), Hash(row.GetString(2), row.GetString(3)))), ct))
            .ToLookup(row => row.Job, row => row.Event);
        foreach (var subscriber in subscribers.Where(subscriber => !subscriber.IsGone && rows.Contains(subscriber.JobId)))
        {
            if (subscriber.Gap is { } gap)
                violations.Add($"I16 a subscriber gets every event in order. Found: over {subscriber.Transport}, of job {subscriber.JobId}, {gap}");
            var expected = rows[subscriber.JobId].ToList();
            if (expected.SequenceEqual(subscriber.SeenEvents))
                continue;
            var first = expected.Zip(subscriber.SeenEvents).FirstOrDefault(pair => pair.First != pair.Second);
            violations.Add(
                $"I16 a subscriber's list is the rows. Found: over {subscriber.Transport}, of job {subscriber.JobId}, {subscriber.SeenEvents.Count} of {expected.Count} events, "
                + $"first difference at {first.First?.Seq.ToString() ?? "the end"}");
        }
        return violations;
    }

    private static string Hash(string type, string data)
    {
        using var document = JsonDocument.Parse(data);
        return Subscriber.HashOf(type, document.RootElement);
    }
}
