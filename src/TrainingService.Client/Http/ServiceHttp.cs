using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Http;

/// <summary>Requests in, records out; an answer that is not a success becomes a <see cref="TrainingServiceException"/>.</summary>
internal sealed class ServiceHttp(HttpClient http, Uri server, TrainingServiceClientOptions options)
{
    /// <summary>The header with which the service knows a repeated request again.</summary>
    private const string IdempotencyKey = "Idempotency-Key";

    public Uri Address(string path) => new(server, path);

    public Task<T> GetAsync<T>(string path, CancellationToken ct) => SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, Address(path)), ct);

    public Task<T> PostAsync<T>(string path, JsonElement? body, CancellationToken ct) => SendAsync<T>(Post(path, body, key: null), ct);

    /// <summary>Asks for something that may be asked for again: a lost answer or a server that is busy is tried again.</summary>
    public Task<T> AskAsync<T>(string path, CancellationToken ct) => RepeatAsync(() => SendAsync<T>(Post(path, body: null, key: null), ct), ct);

    /// <summary>Makes something, once: every try carries the same key, by which the service knows what it has made already.</summary>
    public Task<T> MakeAsync<T>(string path, JsonElement body, string? key, CancellationToken ct)
    {
        key ??= Guid.NewGuid().ToString();
        return RepeatAsync(() => SendAsync<T>(Post(path, body, key), ct), ct);
    }

    public Task DeleteAsync(string path, CancellationToken ct) => RepeatAsync(async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Address(path));
        using var response = await OpenAsync(request, ct);
        return true;
    }, ct);

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
            throw new TrainingServiceException(await ReadProblemAsync(response, ct)) { RetryAfter = response.Headers.RetryAfter?.Delta };
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        var backoff = new Backoff(options);
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (Backoff.IsTransient(exception, ct) && backoff.Failures < options.MaxRequestAttempts - 1)
            {
                await Task.Delay(backoff.Next((exception as TrainingServiceException)?.RetryAfter), ct);
            }
        }
    }

    private HttpRequestMessage Post(string path, JsonElement? body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address(path));
        if (body is { } json)
            request.Content = JsonContent.Create(json, options: ContractsJson.Options);
        if (key is not null)
            request.Headers.Add(IdempotencyKey, key);
        return request;
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        using (var response = await OpenAsync(request, ct))
            return await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, ct)
                ?? throw new JsonException($"{request.Method} {request.RequestUri}: expected a {typeof(T).Name}. Received: null.");
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
