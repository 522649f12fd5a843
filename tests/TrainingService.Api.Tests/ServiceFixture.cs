using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Api.Tests;

/// <summary>The whole Api on Kestrel, in the Production environment, with a database of its own.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    private readonly string _storage = Directory.CreateTempSubdirectory("training-api-").FullName;
    private readonly string? _connectionString;
    private TestDatabase? _database;
    private Factory _factory = null!;

    public ServiceFixture()
    {
    }

    /// <summary>On a database that is the test's own affair.</summary>
    private ServiceFixture(string connectionString) => _connectionString = connectionString;

    public HttpClient Http { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public string ConnectionString => _connectionString ?? _database!.ConnectionString;

    public JobStore Store => Get<JobStore>();

    public async ValueTask InitializeAsync()
    {
        if (_connectionString is null)
            _database = await TestDatabase.CreateAsync();
        _factory = new Factory(ConnectionString, _storage);
        _factory.UseKestrel(0);
        _factory.StartServer();
        var addresses = _factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal));
        Http = new HttpClient { BaseAddress = Address };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _factory.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        Directory.Delete(_storage, recursive: true);
    }

    public static async Task<ServiceFixture> StartAsync(string connectionString)
    {
        var service = new ServiceFixture(connectionString);
        await service.InitializeAsync();
        return service;
    }

    public T Get<T>() where T : notnull => _factory.Services.GetRequiredService<T>();

    /// <summary>The tutorial's job with changes: <c>("/fit/epochs", 0)</c>; a null node removes the field.</summary>
    public static JsonObject Job(params (string Pointer, JsonNode? Value)[] changes)
    {
        var job = JsonNode.Parse(File.ReadAllText(Repository.Example("mnist-cnn.json")))!.AsObject();
        foreach (var (pointer, value) in changes)
            Set(job, pointer[1..].Split('/'), value);
        return job;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, JsonNode? body) =>
        await Http.PostAsync(path, body is null ? null : new StringContent(body.ToJsonString(), null, "application/json"), TestContext.Current.CancellationToken);

    public async Task<T> GetAsync<T>(string path) => await ReadAsync<T>(await Http.GetAsync(path, TestContext.Current.CancellationToken), HttpStatusCode.OK);

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, HttpStatusCode expected)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, $"Expected {expected}. Received: {response.StatusCode} {body}");
        return JsonSerializer.Deserialize<T>(body, ContractsJson.Options)!;
    }

    /// <summary>The problem of an answer that must be one.</summary>
    public static async Task<ProblemResponse> ProblemAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var problem = await ReadAsync<ProblemResponse>(response, expected);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)expected, problem.Status);
        Assert.False(string.IsNullOrEmpty(problem.Code));
        Assert.False(string.IsNullOrEmpty(problem.TraceId));
        return problem;
    }

    /// <summary>A queued job, put into the database as the Api does.</summary>
    public async Task<Guid> AddAsync(params string[] tags)
    {
        var job = Job(("/tags", new JsonArray([.. tags.Select(tag => (JsonNode)tag)])));
        var submission = JobSubmission.TryRead(JsonSerializer.SerializeToElement(job), Get<DatasetCatalog>().All, out var violations);
        Assert.Empty(violations);
        return await Store.AddAsync(submission!, TestContext.Current.CancellationToken);
    }

    /// <summary>A job that a worker has taken.</summary>
    public async Task<Run> StartAsync() => await ClaimAsync(await AddAsync());

    public async Task<Run> ClaimAsync(Guid id)
    {
        var claim = await Store.TryClaimAsync(id, "test", TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        return new Run(this, id, Assert.IsType<Claim>(claim).Attempt);
    }

    public async Task<int> CountJobsAsync()
    {
        await using var db = await Get<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await db.Jobs.CountAsync(TestContext.Current.CancellationToken);
    }

    public HubConnection Hub() => new HubConnectionBuilder().WithUrl(new Uri(Address, "/hubs/training"))
        .AddJsonProtocol(json => json.PayloadSerializerOptions = ContractsJson.Options).Build();

    private static void Set(JsonNode node, string[] path, JsonNode? value)
    {
        foreach (var step in path[..^1])
            node = (node is JsonArray array ? array[int.Parse(step)] : node[step])!;
        if (node is JsonArray list)
            list[int.Parse(path[^1])] = value;
        else if (value is null)
            node.AsObject().Remove(path[^1]);
        else
            node[path[^1]] = value;
    }

    private sealed class Factory(string connectionString, string storage) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
            .UseEnvironment("Production")
            .UseSetting("ConnectionStrings:Training", connectionString)
            .UseSetting("Storage:Root", storage)
            .UseSetting("Datasets:Root", Path.Combine(Repository.Root, "deploy", "datasets"))
            .UseSetting("Datasets:UrlAllowlist:0", "*")
            .UseSetting("Jobs:MaxMemoryBytes", $"{4L << 30}")
            .UseSetting("Logging:LogLevel:Default", "Warning");
    }
}
