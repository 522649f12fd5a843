using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using TrainingService.Testing;

namespace TrainingService.Api.Tests.StandAlone;

/// <summary>The program as it is started, with its private PostgreSQL. The worker is a small script, so that its life can be looked at.</summary>
public sealed class StandAloneTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("training-alone-").FullName;
    private readonly int _port = Readiness.FreePort();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string WorkerLog => Path.Combine(_folder, "worker.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_finds_everything_again_runs_one_worker_replaces_a_dead_one_and_leaves_nothing_behind()
    {
        string location;
        await using (var first = await StartAsync(Worker()))
        {
            var worker = await WorkerStartedAsync(1);
            Assert.Contains("args: run --exit-with-parent", worker, StringComparison.Ordinal);
            Assert.Contains($"storage: {_folder}", worker, StringComparison.Ordinal);
            Assert.Contains("connection: Host=", worker, StringComparison.Ordinal);
            using var submitted = await first.Http.PostAsync("/v1/jobs", new StringContent(ServiceFixture.Job().ToJsonString(), null, "application/json"), Ct);
            Assert.Equal(HttpStatusCode.Created, submitted.StatusCode);
            location = submitted.Headers.Location!.ToString();

            using (var dead = Process.GetProcessById(WorkerId(1)))
                dead.Kill();
            await WorkerStartedAsync(2);

            Assert.Equal(0, await first.StopAsync());
            Assert.Contains("stdin closed", await File.ReadAllTextAsync(WorkerLog, Ct), StringComparison.Ordinal);
            Assert.False(File.Exists($"/proc/{WorkerId(2)}/stat"), "The worker is still there.");
            Assert.Empty(Directory.EnumerateFiles(_folder, "postmaster.pid", SearchOption.AllDirectories));
        }
        await using var second = await StartAsync(worker: null);
        Assert.Equal(HttpStatusCode.OK, (await second.Http.GetAsync(location, Ct)).StatusCode);
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact]
    public async Task A_second_service_on_the_same_data_says_so_and_ends()
    {
        await using var first = await StartAsync(worker: null);
        await using var second = new Service(Readiness.FreePort(), _folder, worker: null);
        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains("Another service uses the data directory", second.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await first.Http.GetAsync("/healthz/ready", Ct)).StatusCode);
        Assert.Equal(0, await first.StopAsync());
    }

    [Fact]
    public async Task A_worker_program_that_is_not_there_is_named()
    {
        await using var service = new Service(_port, _folder, worker: "/nowhere/TrainingService.Worker.dll");
        Assert.Equal(1, await service.ExitAsync());
        Assert.Contains("Worker:Path", service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_refused_as_the_worker()
    {
        var file = Path.Combine(_folder, "worker.txt");
        await File.WriteAllTextAsync(file, "no program", Ct);
        await using var service = new Service(_port, _folder, worker: file);
        Assert.Equal(1, await service.ExitAsync());
        Assert.Contains("neither executable nor a .dll", service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_service_in_good_order_and_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, _port);
        other.Start();
        await using var service = new Service(_port, _folder, worker: null);
        Assert.Equal(1, await service.ExitAsync());
        Assert.Contains(service.Lines, line => line == $"Failed to bind to address http://127.0.0.1:{_port}: address already in use.");
        Assert.Empty(Directory.EnumerateFiles(_folder, "postmaster.pid", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_named()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Ct);
        await using var service = new Service(_port, Path.Combine(file, "data"), worker: null);
        Assert.Equal(1, await service.ExitAsync());
        Assert.Contains(service.Lines, line => line.StartsWith($"The data directory {file}/data cannot be used:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no connection string", "ConnectionStrings:Training: Format of the initialization string")]
    [InlineData("Host=127.0.0.1;Databas=training", "ConnectionStrings:Training: Couldn't set databas")]
    public async Task A_wrong_connection_string_is_said_in_a_sentence(string connectionString, string sentence)
    {
        await using var service = new Service(_port, _folder, worker: null, ("ConnectionStrings__Training", connectionString));
        Assert.Equal(1, await service.ExitAsync());
        Assert.Contains(service.Lines, line => line.StartsWith(sentence, StringComparison.Ordinal));
    }

    private string Worker()
    {
        var script = Path.Combine(_folder, "worker.sh");
        File.WriteAllText(script, $"""
            #!/bin/sh
            echo "start $$ args: $* storage: $Storage__Root connection: $ConnectionStrings__Training" >> {WorkerLog}
            cat > /dev/null
            echo "stdin closed" >> {WorkerLog}
            """.ReplaceLineEndings("\n"));
        using var chmod = Process.Start("chmod", ["+x", script]);
        chmod.WaitForExit();
        return script;
    }

    private string[] Starts() => File.Exists(WorkerLog)
        ? [.. File.ReadAllLines(WorkerLog).Where(line => line.StartsWith("start ", StringComparison.Ordinal))]
        : [];

    private int WorkerId(int start) => int.Parse(Starts()[start - 1].Split(' ')[1]);

    private async Task<string> WorkerStartedAsync(int times)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Starts().Length < times)
            await timer.WaitForNextTickAsync(Ct);
        return Starts()[times - 1];
    }

    private async Task<Service> StartAsync(string? worker)
    {
        var service = new Service(_port, _folder, worker);
        await service.ReadyAsync();
        return service;
    }

    private sealed class Service : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly ConcurrentQueue<string> _lines = new();

        public Service(int port, string folder, string? worker, params IEnumerable<(string Name, string Value)> environment)
        {
            Needs.Postgres();
            Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            var start = new ProcessStartInfo("dotnet", [typeof(Server).Assembly.Location, "--urls", Http.BaseAddress.ToString(), "--DataDirectory", folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment[worker is null ? "StandAlone__Worker" : "Worker__Path"] = worker ?? "false";
            start.Environment["Datasets__Root"] = Path.Combine(Repository.Root, "deploy", "datasets");
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
            _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public HttpClient Http { get; }

        public string Output => string.Join('\n', _lines);

        public IEnumerable<string> Lines => _lines;

        public async Task ReadyAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!await IsReadyAsync())
            {
                Assert.False(_process.HasExited, Output);
                await timer.WaitForNextTickAsync(Ct);
            }
        }

        public async Task<int> StopAsync()
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
            return await ExitAsync();
        }

        public async Task<int> ExitAsync()
        {
            await _process.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct);
            return _process.ExitCode;
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            if (!_process.HasExited)
            {
                // The test has failed; a gentle stop still takes PostgreSQL along.
                await StopAsync();
            }
            _process.Dispose();
        }

        private async Task<bool> IsReadyAsync()
        {
            try
            {
                return (await Http.GetAsync("/healthz/ready", Ct)).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false; // Nobody listens yet.
            }
        }
    }
}
