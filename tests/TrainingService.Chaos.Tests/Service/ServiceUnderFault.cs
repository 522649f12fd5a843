using System.Net;
using TrainingService.Client;
using TrainingService.Testing;

namespace TrainingService.Chaos.Tests.Service;

/// <summary>
/// The service as it is deployed: PostgreSQL, the Api program, worker programs with their trainers, one storage folder. Each program reaches the
/// database through a proxy of its own, so that a network fault hits one of them.
/// </summary>
internal sealed class ServiceUnderFault : IAsyncDisposable
{
    public const int LeaseSeconds = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly List<PostgresProxy> _proxies = [];

    private ServiceUnderFault(PostgresServer postgres, string folder, IReadOnlyDictionary<string, string>? settings)
    {
        Postgres = postgres;
        Storage = folder;
        Settings = settings ?? new Dictionary<string, string>();
        Address = new Uri($"http://127.0.0.1:{Readiness.FreePort()}/");
        Api = new ServiceProgram("api", "dotnet", [Repository.Program("Api", "TrainingService.Api"), "--urls", Address.ToString()], Environment(AddProxy("api")));
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        Client = new TrainingServiceClient(Address);
    }

    public PostgresServer Postgres { get; }

    public string Storage { get; }

    public Uri Address { get; }

    public ServiceProgram Api { get; }

    public List<ServiceProgram> Workers { get; } = [];

    public IReadOnlyList<PostgresProxy> Proxies => _proxies;

    public HttpClient Http { get; }

    public TrainingServiceClient Client { get; }

    private IReadOnlyDictionary<string, string> Settings { get; }

    /// <param name="workers">How many worker programs.</param>
    /// <param name="settings">More settings of all programs, such as <c>Jobs__MaxAttempts</c>.</param>
    /// <param name="postgresRoot">Where PostgreSQL keeps its data; null takes a new folder.</param>
    /// <param name="prepareAsync">What is done with database and storage before any program starts.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<ServiceUnderFault> StartAsync(
        int workers, CancellationToken ct, IReadOnlyDictionary<string, string>? settings = null, string? postgresRoot = null, Func<ServiceUnderFault, Task>? prepareAsync = null)
    {
        var postgres = await PostgresServer.StartAsync(postgresRoot, ct);
        var service = new ServiceUnderFault(postgres, Directory.CreateTempSubdirectory("training-chaos-").FullName, settings);
        try
        {
            if (prepareAsync is not null)
                await prepareAsync(service);
            service.Api.Start();
            await service.WaitUntilReadyAsync(ct);
            for (var number = 1; number <= workers; number++)
                service.AddWorker().Start();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>A worker program, not started.</summary>
    /// <param name="wrapper">A program and its arguments that run the worker, such as strace.</param>
    /// <param name="settings">More settings of this one.</param>
    public ServiceProgram AddWorker(IReadOnlyList<string>? wrapper = null, params (string Name, string Value)[] settings)
    {
        var name = $"worker {Workers.Count + 1}";
        var environment = Environment(AddProxy(name));
        foreach (var (key, value) in settings)
            environment[key] = value;
        string[] command = [.. wrapper ?? [], Path.ChangeExtension(Repository.Program("Worker", "TrainingService.Worker", "linux-x64"), null), "run"];
        var worker = new ServiceProgram(name, command[0], command[1..], environment);
        Workers.Add(worker);
        return worker;
    }

    public PostgresProxy ProxyOf(ServiceProgram program) => _proxies.Single(proxy => proxy.Name == program.Name);

    /// <summary>Trainers, with the job that each runs.</summary>
    public IReadOnlyList<(int Id, Guid JobId)> Trainers => Processes.Trainers(Storage);

    /// <summary>Whatever does not run runs again; whatever is paused or cut off goes on.</summary>
    public async Task RestoreAsync(CancellationToken ct)
    {
        foreach (var proxy in _proxies)
            proxy.Heal();
        if (!Processes.Runs(Postgres.Postmaster))
            await Postgres.StartAsync(ct);
        Postgres.SendAll(Signal.Continue);
        foreach (var (trainer, _) in Trainers)
            Signals.Send(trainer, Signal.Continue);
        foreach (var program in Workers.Prepend(Api))
        {
            program.Send(Signal.Continue);
            if (!program.IsRunning)
                program.Start();
        }
        await WaitUntilReadyAsync(ct);
    }

    public async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (!await IsReadyAsync(limit.Token))
            {
                if (!Api.IsRunning)
                    throw new InvalidOperationException($"The Api ended.\n{Api.Tail()}");
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The Api was not ready within {Patience.TotalSeconds:0} s.\n{Api.Tail()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Workers.Append(Api))
            await program.DisposeAsync();
        foreach (var (trainer, _) in Trainers)
            await EndAsync(trainer);
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        Http.Dispose();
        await Postgres.DisposeAsync();
        Directory.Delete(Storage, recursive: true);
    }

    private static async Task EndAsync(int process)
    {
        Signals.Send(process, Signal.Kill);
        await Processes.WaitForEndAsync(process, Patience, CancellationToken.None);
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var answer = await Http.GetAsync("healthz/ready", limit.Token);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception none) when (!ct.IsCancellationRequested && none is HttpRequestException or OperationCanceledException)
        {
            return false; // does not listen yet, or does not answer
        }
    }

    private PostgresProxy AddProxy(string name)
    {
        var proxy = new PostgresProxy(name, Postgres.Socket);
        _proxies.Add(proxy);
        return proxy;
    }

    private Dictionary<string, string> Environment(PostgresProxy proxy)
    {
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__Training"] = proxy.ConnectionString,
            ["Storage__Root"] = Storage,
            ["Datasets__Root"] = Path.Combine(Repository.Root, "deploy", "datasets"),
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Jobs__LeaseSeconds"] = LeaseSeconds.ToString(),
            ["Worker__SweepInterval"] = "00:00:00.5",
            ["Worker__ThreadsPerJob"] = "1", // the same bits on every machine, and no crowd on few cores
            ["Worker__StopDeadline"] = "00:00:10",
            ["Worker__GarbageInterval"] = "00:00:01",
            ["Storage__GarbageGraceSeconds"] = "2",
        };
        foreach (var (key, value) in Settings)
            environment[key] = value;
        return environment;
    }
}
