using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

/// <summary>Data sets over HTTP, as any caller writes it.</summary>
internal static class DataService
{
    /// <summary>Uploads files as a form and waits, event by event, until the version is ready.</summary>
    public static async Task<DatasetVersionResponse> UploadAsync(
        this ServiceProcess service, JsonObject spec, CancellationToken ct, params (string Name, Stream Content)[] files)
    {
        using var http = new HttpClient { BaseAddress = service.Address, Timeout = Timeout.InfiniteTimeSpan };
        using var form = new MultipartFormDataContent { { new StringContent(spec.ToJsonString(), Encoding.UTF8, "application/json"), "spec" } };
        foreach (var (name, content) in files)
            form.Add(new StreamContent(content), "file", name);
        using var accepted = await http.PostAsync("v1/datasets", form, ct);
        Assert.True(accepted.StatusCode == HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync(ct));
        var version = await WaitAsync(http, accepted.Headers.Location!, ct);
        Assert.True(version.Status == DatasetStatus.Ready, $"{version.Status} {version.Error}\n{service.Log}");
        return version;
    }

    /// <summary>Submits a job, waits for its end, and opens its files in a folder.</summary>
    public static async Task<string> TrainAsync(this ServiceProcess service, JsonObject job, string folder, CancellationToken ct, params string[] files)
    {
        var submitted = await service.Client.Jobs.SubmitAsync(job.ToJsonString(), ct);
        var ended = await service.Client.Jobs.WaitAsync(submitted.Id, ct);
        Assert.True(ended.Status == JobStatus.Succeeded, $"{ended.Status} {ended.Error?.Message}\n{service.Log}");
        var model = Directory.CreateDirectory(Path.Combine(folder, submitted.Id.ToString())).FullName;
        foreach (var file in files)
            await service.Client.Jobs.DownloadAsync(submitted.Id, file, Path.Combine(model, file), cancellationToken: ct);
        return model;
    }

    /// <summary>Follows the version's events to their end: the stream ends with it.</summary>
    private static async Task<DatasetVersionResponse> WaitAsync(HttpClient http, Uri version, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{version}/events") { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/event-stream") } } };
        using (var events = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct))
        using (var reader = new StreamReader(await events.Content.ReadAsStreamAsync(ct)))
        {
            while (await reader.ReadLineAsync(ct) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal) && IsEnd(line["data:".Length..]))
                    break;
            }
        }
        return (await http.GetFromJsonAsync<DatasetVersionResponse>(version, ContractsJson.Options, ct))!;
    }

    private static bool IsEnd(string data)
    {
        using var happened = JsonDocument.Parse(data);
        return happened.RootElement.TryGetProperty("data", out var inner) && inner.TryGetProperty("status", out var status)
            && status.GetString() is "ready" or "failed" or "cancelled";
    }
}
