using System.Text.Json;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>I21: every answer and every stored event is strict JSON, and list, detail and events say the same of a job.</summary>
internal sealed class AnswerInvariant(ServiceUnderFault service)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly List<string> _violations = [];

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken ct)
    {
        await foreach (var listed in ListAsync(ct))
        {
            var id = listed.GetProperty("id").GetGuid();
            var status = listed.GetProperty("status").GetString();
            if (await ReadAsync($"v1/jobs/{id}", ct) is { } detail && detail.GetProperty("status").GetString() is { } told && told != status)
                _violations.Add($"I21 list and detail agree. Found: job {id}, {status} and {told}");
            await ReadAsync($"v1/jobs/{id}/metrics", ct);
            var last = default(JsonElement?);
            for (string? cursor = "0"; cursor is not null;)
            {
                if (await ReadAsync($"v1/jobs/{id}/events?limit=1000&after={cursor}", ct) is not { } page)
                    break;
                last = page.GetProperty("items").EnumerateArray().Cast<JsonElement?>().LastOrDefault() ?? last;
                cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
            }
            if (last is { } terminal && terminal.GetProperty("data").TryGetProperty("status", out var ended) && ended.GetString() != status)
                _violations.Add($"I21 detail and events agree. Found: job {id}, {status} and {ended.GetString()}");
        }
        return _violations;
    }

    private async IAsyncEnumerable<JsonElement> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var address = "v1/jobs?limit=100";
        for (string? cursor = ""; cursor is not null;)
        {
            if (await ReadAsync(cursor.Length > 0 ? $"{address}&after={cursor}" : address, ct) is not { } page)
                yield break;
            foreach (var job in page.GetProperty("items").EnumerateArray())
                yield return job;
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
    }

    private async Task<JsonElement?> ReadAsync(string address, CancellationToken ct)
    {
        using var answer = await service.Http.GetAsync(address, ct);
        try
        {
            answer.EnsureSuccessStatusCode();
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct), Strict);
            return document.RootElement.Clone();
        }
        catch (Exception wrong) when (wrong is JsonException or HttpRequestException)
        {
            _violations.Add($"I21 an answer is strict JSON. Found: GET {address}: {wrong.Message}");
            return null;
        }
    }
}
