using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Http;

/// <summary>Requests in, records out; an answer that is not a success becomes a <see cref="TrainingServiceException"/>.</summary>
internal sealed class ServiceHttp(HttpClient http, Uri server)
{
    public Uri Address(string path) => new(server, path);

    public Task<T> GetAsync<T>(string path, CancellationToken ct) => SendAsync<T>(HttpMethod.Get, path, null, ct);

    public Task<T> PostAsync<T>(string path, JsonElement? body, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Post, path, body is { } json ? JsonContent.Create(json, options: ContractsJson.Options) : null, ct);

    public async Task<bool> IsSuccessAsync(string path, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(Address(path), HttpCompletionOption.ResponseHeadersRead, ct);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false; // Nothing answers, or not within the HttpClient's timeout.
        }
    }

    /// <summary>The response once its headers are there; the body is read by the caller.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return response;
        using (response)
            throw new TrainingServiceException(await ReadProblemAsync(response, ct));
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, Address(path)) { Content = content };
        using var response = await OpenAsync(request, ct);
        return await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, ct)
            ?? throw new JsonException($"{method} {path}: expected a {typeof(T).Name}. Received: null.");
    }

    /// <summary>The problem in the body, or, when a proxy or an older server answered something else, one made of the status line.</summary>
    private static async Task<ProblemResponse> ReadProblemAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await response.Content.ReadAsStringAsync(ct);
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" && TryRead(body) is { } problem)
            return problem;
        var detail = body.Length is 0 or > 2_000 ? null : body;
        return new ProblemResponse("about:blank", response.ReasonPhrase ?? response.StatusCode.ToString(), (int)response.StatusCode,
            $"http_{(int)response.StatusCode}", detail, Errors: null, TraceId: null);
    }

    private static ProblemResponse? TryRead(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<ProblemResponse>(body, ContractsJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
