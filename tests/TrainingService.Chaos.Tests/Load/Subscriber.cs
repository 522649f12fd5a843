using System.Net;
using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Client;
using TrainingService.Contracts.Events;

namespace TrainingService.Chaos.Tests.Load;

/// <param name="Hash">Of type and data.</param>
internal sealed record Seen(long Seq, string Hash);

/// <summary>
/// Watches one job from its first event to its last and keeps number and hash of each. One half of them uses the client library over SignalR,
/// the other reads server-sent events bare, and comes back by itself with the last number it has.
/// </summary>
internal sealed class Subscriber(ServiceUnderFault service, Guid jobId, bool overHub)
{
    private readonly List<Seen> _seen = [];

    public Guid JobId => jobId;

    public string Transport => overHub ? "hub" : "sse";

    /// <summary>After duplicates were left out.</summary>
    public IReadOnlyList<Seen> SeenEvents => _seen;

    /// <summary>Events that came again; counted, not wrong.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Why the list is no list any more: a number that jumped.</summary>
    public string? Gap { get; private set; }

    /// <summary>The job was deleted under the subscriber.</summary>
    public bool IsGone { get; private set; }

    public static string HashOf(string type, JsonElement data) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{type} {Canonical(data)}")));

    public async Task RunAsync(CancellationToken ct)
    {
        if (!overHub)
        {
            await ReadStreamAsync(ct);
            return;
        }
        try
        {
            await foreach (var jobEvent in service.Client.Jobs.EventsAsync(jobId, cancellationToken: ct))
                Add(jobEvent.Seq, jobEvent.Type, jobEvent.Data);
        }
        catch (TrainingServiceException exception) when (exception.Problem.Status == (int)HttpStatusCode.NotFound)
        {
            IsGone = true;
        }
    }

    private async Task ReadStreamAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/jobs/{jobId}/events");
                request.Headers.Accept.ParseAdd("text/event-stream");
                request.Headers.Add("Last-Event-ID", $"{_seen.LastOrDefault()?.Seq ?? 0}");
                using var response = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
                if (response.StatusCode is HttpStatusCode.NoContent)
                    return;
                if (response.StatusCode is HttpStatusCode.NotFound)
                {
                    IsGone = true;
                    return;
                }
                response.EnsureSuccessStatusCode();
                await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(ct)).EnumerateAsync(ct))
                {
                    using var message = JsonDocument.Parse(item.Data);
                    var root = message.RootElement;
                    if (root.TryGetProperty("seq", out var seq) && seq.ValueKind == JsonValueKind.Number)
                        Add(seq.GetInt64(), root.GetProperty("type").GetString()!, root.GetProperty("data"));
                    if (item.EventType == EventTypes.Terminal)
                        return;
                }
            }
            catch (Exception broken) when (!ct.IsCancellationRequested && broken is HttpRequestException or IOException or OperationCanceledException)
            {
                // The connection broke, which is what it is here for: it comes back with its number.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
        }
    }

    private void Add(long? seq, string type, JsonElement data)
    {
        if (seq is not { } number)
            return;
        var last = _seen.LastOrDefault()?.Seq ?? 0;
        if (number <= last)
        {
            Duplicates++;
            return;
        }
        if (number != last + 1)
            Gap ??= $"event {number} came after event {last}";
        _seen.Add(new Seen(number, HashOf(type, data)));
    }

    /// <summary>The same text for the same value, whoever wrote it: jsonb orders keys in its own way.</summary>
    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{JsonSerializer.Serialize(p.Name)}:{Canonical(p.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.Number => value.GetDouble().ToString("R"),
        JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
        _ => value.GetRawText(),
    };
}
