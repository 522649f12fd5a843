using System.Net;
using System.Text;
using System.Text.Json;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Load;

/// <summary>Submits jobs as a careful client does: a key of its own for each, the same request again until there is an answer, a ledger of what it knows.</summary>
internal sealed class Submitter(ServiceUnderFault service, Ledger ledger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private int _number;

    /// <summary>Why the last request brought no job.</summary>
    public string? LastRefusal { get; private set; }

    /// <param name="kind">One of <see cref="SmallJobs.Kinds"/>.</param>
    /// <param name="epochs">Null takes the kind's own number.</param>
    /// <param name="tries">How often the same request is sent before its sender leaves it at not knowing.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The job, or null when no answer came.</returns>
    public async Task<Guid?> TrySubmitAsync(string kind, int? epochs, int tries, CancellationToken ct)
    {
        var key = $"{kind}-{Interlocked.Increment(ref _number)}-{Guid.NewGuid():N}";
        var body = SmallJobs.Of(kind, key, epochs);
        ledger.Write(new LedgerEntry(key, kind, Outcome.Unknown, null));
        for (var attempt = 1; attempt <= tries; attempt++)
        {
            if (await SendAsync(key, body, ct) is not { } answer)
                continue;
            ledger.Write(new LedgerEntry(key, epochs is null ? kind : "", answer.JobId is null ? Outcome.Refused : Outcome.Acknowledged, answer.JobId));
            return answer.JobId;
        }
        return null;
    }

    /// <returns>Null when there is no answer or one that says to ask again.</returns>
    private async Task<(Guid? JobId, HttpStatusCode Status)?> SendAsync(string key, string body, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/jobs") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        try
        {
            using var response = await service.Http.SendAsync(request, limit.Token);
            if ((int)response.StatusCode >= 500)
            {
                LastRefusal = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(limit.Token)}";
                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
                return null;
            }
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"POST /v1/jobs: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
            using var job = JsonDocument.Parse(await response.Content.ReadAsStringAsync(limit.Token));
            return (job.RootElement.GetProperty("id").GetGuid(), response.StatusCode);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException || (lost is OperationCanceledException && !ct.IsCancellationRequested))
        {
            LastRefusal = lost.Message;
            await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            return null;
        }
    }
}
