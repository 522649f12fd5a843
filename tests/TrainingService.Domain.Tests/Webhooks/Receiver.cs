using System.Collections.Concurrent;
using System.Net;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Webhooks;

/// <summary>A delivery as it came in.</summary>
internal sealed record Received(string Id, string Timestamp, string? Signature, string? ContentType, string Body);

/// <summary>A real HTTP server on a loopback port that answers as it is told.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener _listener = new();

    public Receiver(int? port = null)
    {
        Port = port ?? Readiness.FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    public ConcurrentQueue<Received> Received { get; } = [];

    /// <summary>Answers a request; 200 by default.</summary>
    public Func<HttpListenerContext, Task> Answer { get; set; } = context =>
    {
        context.Response.Close();
        return Task.CompletedTask;
    };

    public static Func<HttpListenerContext, Task> Status(int status, string? location = null) => context =>
    {
        context.Response.StatusCode = status;
        if (location is not null)
            context.Response.RedirectLocation = location;
        context.Response.Close();
        return Task.CompletedTask;
    };

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await TakeAsync(await _listener.GetContextAsync());
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            Assert.False(_listener.IsListening);
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        var headers = context.Request.Headers;
        using var reader = new StreamReader(context.Request.InputStream);
        Received.Enqueue(new Received(
            headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"], context.Request.ContentType, await reader.ReadToEndAsync()));
        try
        {
            await Answer(context);
        }
        catch (HttpListenerException)
        {
            context.Response.Abort(); // whoever asked has gone
        }
    }

    public void Dispose() => _listener.Close();
}
