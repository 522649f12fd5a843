using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Events;

namespace TrainingService.Domain.Webhooks;

/// <summary>What a receiver answered.</summary>
/// <param name="Status">HTTP status; null without an answer.</param>
/// <param name="Error">What went wrong; null when it was received.</param>
internal sealed record WebhookAnswer(int? Status, string? Error);

/// <summary>
/// Sends deliveries and trusts nobody: connects only to addresses that the policy has judged, follows no redirect, uses no proxy, unpacks
/// nothing, reads little and waits briefly.
/// </summary>
internal sealed class WebhookHttp : IDisposable
{
    private const int MaxAnswerBytes = 64 << 10;

    private readonly HttpClient _http;
    private readonly WebhookPolicy _policy;
    private readonly byte[]? _key;

    public WebhookHttp(WebhookPolicy policy, IOptions<WebhookOptions> options)
    {
        (_policy, _key) = (policy, options.Value.Key());
        _http = new HttpClient(JudgedHttp.Handler(policy.Judge, MaxAnswerBytes))
        { Timeout = options.Value.Timeout };
    }

    public async Task<WebhookAnswer> SendAsync(DueDelivery delivery, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            using var request = RequestOf(delivery, now);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            await DrainAsync(response, ct);
            var status = (int)response.StatusCode;
            return new WebhookAnswer(status, response.IsSuccessStatusCode ? null : $"expected an answer of 2xx. Received: {status}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new WebhookAnswer(null, exception is OperationCanceledException ? "expected an answer in time. Received: none." : JudgedHttp.Innermost(exception).Message);
        }
    }

    private HttpRequestMessage RequestOf(DueDelivery delivery, DateTimeOffset now)
    {
        var monitor = delivery.Monitor;
        var address = monitor.Address() ?? throw new WebhookBlockedException("blocked: no http or https address.");
        if (_policy.Objection(address) is { } objection)
            throw new WebhookBlockedException($"blocked: {objection}");
        var json = Figures(delivery.Data);
        var body = monitor.SendAsJson ? json : Encoding.UTF8.GetBytes($"{Form(monitor.Field)}={Form(Encoding.UTF8.GetString(json))}");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(monitor.SendAsJson ? "application/json" : "application/x-www-form-urlencoded");
        foreach (var (name, value) in monitor.Headers ?? new Dictionary<string, string>())
            request.Headers.TryAddWithoutValidation(name, value);
        var (id, timestamp) = (IdOf(delivery), now.ToUnixTimeSeconds());
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString());
        if (_key is not null)
            request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(_key, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body]))}");
        return request;
    }

    /// <summary>As Keras has it: the epoch's index, then the logs.</summary>
    private static byte[] Figures(EpochEndEvent epoch) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>(epoch.Logs.Select(log => KeyValuePair.Create(log.Key, (object?)log.Value)).Prepend(KeyValuePair.Create("epoch", (object?)(epoch.Epoch - 1)))));

    /// <summary>The same each time the delivery is tried.</summary>
    private static string IdOf(DueDelivery delivery) => $"{delivery.JobId:N}-{delivery.Number}-{delivery.Seq}";

    private static string Form(string text) => Uri.EscapeDataString(text).Replace("%20", "+");

    private static async Task DrainAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var content = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[4_096];
        for (int total = 0, read; total < MaxAnswerBytes && (read = await content.ReadAsync(buffer, ct)) > 0; total += read)
        {
        }
    }

    public void Dispose() => _http.Dispose();
}
