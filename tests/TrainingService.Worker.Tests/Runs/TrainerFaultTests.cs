using System.Diagnostics;
using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>Trainers that die, hang, or want more than there is.</summary>
[Collection(nameof(ProcessTests))]
public sealed class TrainerFaultTests
{
    /// <summary>Rows that are shuffled and weights that are dropped: whatever a run forgets shows in its numbers.</summary>
    public const string Random =
        """
        {
          "model": { "class_name": "Sequential", "config": { "name": "random", "layers": [
            { "class_name": "InputLayer", "config": { "batch_shape": [null, 28, 28], "dtype": "float32", "name": "digits" } },
            { "class_name": "Flatten", "config": { "name": "flatten" } },
            { "class_name": "Dense", "config": { "name": "hidden", "units": 32, "activation": "relu" } },
            { "class_name": "Dropout", "config": { "name": "dropout", "rate": 0.3 } },
            { "class_name": "Dense", "config": { "name": "classes", "units": 10, "activation": "softmax" } } ] } },
          "data": { "train": { "dataset": "mnist", "pipeline": [ { "take": { "count": 512 } }, { "map": { "class_name": "Rescaling", "config": { "scale": 0.00392156862745098 } } },
            { "cache": {} }, { "shuffle": { "buffer_size": 512 } }, { "batch": { "batch_size": 32 } } ] } },
          "fit": { "epochs": 60 }
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F01_a_killed_trainer_goes_on_from_its_last_checkpoint_and_ends_with_the_same_bytes()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var calm = await service.SubmitAsync(Random, Ct);
        await service.WaitForEndAsync(calm, Ct, worker);
        var id = await service.SubmitAsync(Random, Ct);

        await service.WaitForAsync(id, e => e.Type == EventTypes.Checkpoint, Ct, worker);
        WorkerProcess.Signal(WorkerProcess.TrainerOf(id)!.Value, "KILL");
        var watch = Stopwatch.StartNew();
        await service.WaitForAsync(id, e => e.Type == EventTypes.Resumed, Ct, worker);
        TestContext.Current.TestOutputHelper!.WriteLine($"killed -> resumed: {watch.Elapsed.TotalSeconds:F1} s");
        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Succeeded, 2, 60), (job.Status, job.Attempt, job.Epoch));
        var resumed = events.Single(e => e.Type == EventTypes.Resumed).Data.GetProperty("from_epoch").GetInt32();
        Assert.InRange(resumed, 1, 59);
        Assert.Equal(resumed + 1, Series.Epochs(events.Where(e => e.Attempt == 2)).First());
        Assert.Equal(await service.DigestOfAsync(calm, "model.safetensors", Ct), await service.DigestOfAsync(id, "model.safetensors", Ct));
        Assert.Equal(Series.Visible(await service.Store.ReadEventsAsync(calm, 0, 10_000, Ct)), Series.Visible(events));
        var attempts = await service.AttemptsOfAsync(id, Ct);
        Assert.Equal([(AttemptOutcome.Crashed, 137, null), (AttemptOutcome.Succeeded, 0, resumed)], attempts.Select(attempt => (attempt.Outcome!.Value, attempt.ExitCode!.Value, attempt.ResumedFromEpoch)));
    }

    [Fact]
    public async Task F02_a_trainer_that_hangs_is_killed_and_tried_again_and_at_the_limit_the_job_fails_as_stalled()
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker();
        var id = await service.SubmitAsync("""{ "fit": { "epochs": 100000 }, "retry": { "max_attempts": 2 }, "stopping": { "max_silence_seconds": 8 } }""", Ct);

        for (var attempt = 1; attempt <= 2; attempt++)
            WorkerProcess.Signal(await service.WaitForTrainerAsync(id, attempt, Ct, worker), "STOP");
        var events = await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.Stalled, 2), (job.Status, job.StopReason, job.Attempt));
        Assert.All(await service.AttemptsOfAsync(id, Ct), attempt => Assert.Equal(AttemptOutcome.Stalled, attempt.Outcome));
        Assert.Contains(events, e => e.Type == EventTypes.Status && e.Data.GetProperty("reason").GetString() == "the trainer said nothing for 8 s");
        Assert.Null(WorkerProcess.TrainerOf(id));
    }

    [Theory]
    [InlineData("kill -ABRT $$", 134, "SIGABRT")]
    [InlineData("kill -SEGV $$", 139, "SIGSEGV")]
    [InlineData("exit 0", 0, "without a result")]
    public async Task F10_a_poison_job_ends_after_its_attempts_with_exit_code_and_log_and_the_worker_goes_on(string end, int exitCode, string how)
    {
        using var script = new TrainerScript($"head -c 200000 /dev/zero | tr '\\0' 'x' >&2; echo ' last words' >&2; {end}");
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(script.Setting, ("Jobs__RetrySeconds", "0.05"), ("Worker__SweepInterval", "00:00:00.1"), ("Worker__MaxStderrBytes", "70000"));
        var id = await service.SubmitAsync("""{ "tags": ["misbehave"] }""", Ct);
        await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.Poison, 3), (job.Status, job.StopReason, job.Attempt));
        var message = job.Error!.RootElement.GetProperty("message").GetString()!;
        Assert.Contains($"exit code {exitCode}", message);
        Assert.Contains(how, message);
        Assert.Contains("last words", message);
        Assert.All(await service.AttemptsOfAsync(id, Ct), attempt => Assert.Equal((AttemptOutcome.Crashed, exitCode), (attempt.Outcome, attempt.ExitCode)));
        // The log is longer than its file may be: its last 64 KB are there all the same.
        var log = await File.ReadAllTextAsync(service.ContentPath(await service.DigestOfAsync(id, "trainer.log", Ct)), Ct);
        Assert.Contains("bytes left out", log);
        Assert.EndsWith(new string('x', 60_000) + " last words\n", log);

        await service.WaitForEndAsync(await service.SubmitAsync(epochs: 1, Ct), Ct, worker);
    }

    [Fact]
    public async Task F10_a_job_that_kills_its_worker_ends_as_poison_too()
    {
        using var script = new TrainerScript("kill -KILL $PPID; sleep 1");
        await using var service = await ServiceFixture.StartAsync(Ct);
        var id = await service.SubmitAsync("""{ "tags": ["misbehave"] }""", Ct);
        (string, string)[] settings = [script.Setting, ("Jobs__LeaseSeconds", "1"), ("Worker__SweepInterval", "00:00:00.1")];

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await using var victim = service.StartWorker(settings);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            Assert.Equal(137, await victim.WaitForExitAsync(limit.Token));
        }
        await using var last = service.StartWorker(settings);
        await service.WaitForEndAsync(id, Ct, last);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.Poison, 3), (job.Status, job.StopReason, job.Attempt));
        Assert.All(await service.AttemptsOfAsync(id, Ct), attempt => Assert.Equal((AttemptOutcome.Lost, true), (attempt.Outcome, attempt.FencedAt is not null)));
        await service.WaitForEndAsync(await service.SubmitAsync(epochs: 1, Ct), Ct, last);
    }

    [Fact]
    public async Task F28_a_trainer_that_the_kernel_kills_for_its_memory_fails_its_job_as_out_of_memory_at_once()
    {
        using var group = ControlGroup.OfMemory(400L << 20);
        using var script = new TrainerScript($"echo $$ > {group.Processes}");
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using (var worker = service.StartWorker(script.Setting))
        {
            var id = await service.SubmitAsync(
                """
                { "tags": ["misbehave"], "model": { "class_name": "Sequential", "config": { "name": "large", "layers": [
                    { "class_name": "InputLayer", "config": { "batch_shape": [null, 28, 28], "dtype": "float32", "name": "digits" } },
                    { "class_name": "Flatten", "config": { "name": "flatten" } },
                    { "class_name": "Dense", "config": { "name": "wide", "units": 60000 } },
                    { "class_name": "Dense", "config": { "name": "classes", "units": 10, "activation": "softmax" } } ] } } }
                """, Ct);
            await service.WaitForEndAsync(id, Ct, worker);

            var job = await service.ReadAsync(id, Ct);
            Assert.Equal((JobStatus.Failed, StopReason.OutOfMemory, 1), (job.Status, job.StopReason, job.Attempt));
            Assert.Equal("out_of_memory", job.Error!.RootElement.GetProperty("code").GetString());
            Assert.Equal(137, (await service.AttemptsOfAsync(id, Ct)).Single().ExitCode);
            await service.WaitForEndAsync(await service.SubmitAsync(epochs: 1, Ct), Ct, worker);
        }
    }

    [Theory]
    [InlineData("ulimit -n 64", "Limit of open files: expected at least 256. Received: 64.")]
    [InlineData("exec /nonexistent/trainer", "exit code 127")]
    public async Task F29_what_the_system_refuses_a_trainer_is_said_clearly(string limit, string sentence)
    {
        using var script = new TrainerScript(limit);
        await AssertFailsAsync(script.Setting, sentence);
    }

    [Fact]
    public async Task F29_a_limit_of_processes_is_said_clearly()
    {
        using var group = ControlGroup.OfProcesses(16);
        using var script = new TrainerScript($"echo $$ > {group.Processes}");
        await AssertFailsAsync(script.Setting, "Limit of processes and threads of the control group: expected at least 24. Received: 16.");
    }

    [Fact]
    public Task F29_a_trainer_that_cannot_be_started_is_said_clearly() =>
        AssertFailsAsync(("Worker__TrainerProgram", "/etc/hostname"), "The trainer could not be started: ");

    private static async Task AssertFailsAsync((string, string) setting, string sentence)
    {
        await using var service = await ServiceFixture.StartAsync(Ct);
        await using var worker = service.StartWorker(setting);
        var id = await service.SubmitAsync("""{ "tags": ["misbehave"], "retry": { "max_attempts": 1 } }""", Ct);
        await service.WaitForEndAsync(id, Ct, worker);

        var job = await service.ReadAsync(id, Ct);
        Assert.Equal((JobStatus.Failed, StopReason.Poison, 1), (job.Status, job.StopReason, job.Attempt));
        Assert.Contains(sentence, job.Error!.RootElement.GetProperty("message").GetString());
        Assert.Null(WorkerProcess.TrainerOf(id));
        Assert.False(Directory.Exists(service.RunFolderOf(id)));
    }
}
