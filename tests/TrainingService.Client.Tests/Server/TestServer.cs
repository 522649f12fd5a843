using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Tests.Server;

/// <summary>A real Kestrel with the service's addresses, answering from a script.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<TestServer> StartAsync(Script script, int port = 0, Action<IEndpointRouteBuilder>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        builder.Services.AddSingleton(script);
        builder.Services.ConfigureHttpJsonOptions(json => ContractsJson.Configure(json.SerializerOptions));
        builder.Services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions = ContractsJson.Options);
        var app = builder.Build();
        app.MapHub<TrainingHub>("/hubs/training");
        app.MapGet("/healthz/ready", () => Results.Ok());
        app.MapPost("/v1/jobs", () => Results.Json(script.Jobs.Values.First().Response, statusCode: 201));
        app.MapGet("/v1/jobs/{id:guid}", (Guid id) => script.Jobs.TryGetValue(id, out var job) ? Results.Json(job.Response, ContractsJson.Options) : NotFound());
        app.MapGet("/v1/jobs/{id:guid}/artifacts", () => new[] { Artifact(script) });
        app.MapGet("/v1/jobs/{id:guid}/artifacts/model.safetensors", (HttpContext context) => SendFileAsync(context, script));
        map?.Invoke(app);
        await app.StartAsync();
        return new TestServer(app);
    }

    /// <summary>A client that is impatient, so that tests are fast.</summary>
    public TrainingServiceClient Client() => new(new HttpClient(), new TrainingServiceClientOptions
    {
        ServerUrl = Address,
        MinReconnectDelay = TimeSpan.FromMilliseconds(5),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(50),
        MaxDownloadAttempts = 3,
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static IResult NotFound() => Results.Json(
        new ProblemResponse("about:blank", "Not Found", 404, "not_found", "There is no such job.", null, "trace"),
        ContractsJson.Options, "application/problem+json", 404);

    private static ArtifactResponse Artifact(Script script) => new(
        "model.safetensors", "model", "application/octet-stream", script.File.Length,
        script.FileSha256 ?? Convert.ToHexStringLower(SHA256.HashData(script.File)), DateTimeOffset.UnixEpoch);

    private static async Task SendFileAsync(HttpContext context, Script script)
    {
        var start = 0;
        if (!script.IgnoreRanges && context.Request.GetTypedHeaders().Range is { } range)
        {
            start = (int)range.Ranges.Single().From!.Value;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {start}-{script.File.Length - 1}/{script.File.Length}";
        }
        script.RangeStarts.Enqueue(start);
        context.Response.ContentLength = script.File.Length - start;
        var breaks = script.BreakDownloadAfter.TryDequeue(out var bytes);
        await context.Response.Body.WriteAsync(script.File.AsMemory(start, breaks ? bytes : script.File.Length - start));
        await context.Response.Body.FlushAsync();
        if (breaks)
            context.Abort();
    }
}
