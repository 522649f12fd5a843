using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Training;
using TrainingService.Testing;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;
using TrainingService.Worker.Trainer;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Worker.Tests.Runs;

/// <summary>The <c>train</c> verb as a process: killed wherever it is, and started again.</summary>
public sealed class TrainVerbTests : IDisposable
{
    private readonly List<string> _folders = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F01_a_trainer_killed_at_any_batch_goes_on_and_ends_with_the_same_bytes()
    {
        var calm = await TrainAsync(killAt: null);
        Assert.Equal(StopReason.Completed, calm.Result!.StopReason);
        TrainerCheckpoint? from = null;
        var random = new Random(5);
        foreach (var kill in new long?[] { random.Next(18, 30), random.Next(34, 44), null })
        {
            var run = await TrainAsync(kill, plan => plan with { Resume = from });
            if (run.Checkpoints.Count > 0)
                from = run.Checkpoints[^1];
            Assert.Equal(kill is null, run.Result is not null);
            if (kill is not null)
                continue;
            Assert.NotNull(from);
            Assert.Single(run.Messages, message => message.Type == EventTypes.Resumed);
            foreach (var name in (string[])["model.safetensors", "history.csv"])
                Assert.Equal(Digest(calm, name), Digest(run, name));
        }
    }

    [Fact]
    public async Task A_trainer_with_a_time_limit_ends_with_its_evaluation_and_its_model()
    {
        var run = await TrainAsync(killAt: null, plan => plan with
        {
            Spec = plan.Spec with { Fit = new FitSpec(100_000), Stopping = new StoppingSpec(MaxRuntimeSeconds: 12), MetricsEverySteps = null },
            RunSecondsBefore = 4,
        });
        Assert.Equal(new TrainerResult(StopReason.MaxRuntime), run.Result);
        Assert.Single(run.Messages, message => message.Type == EventTypes.Evaluation);
        Assert.Contains(run.Messages, message => message.Type == TrainerMessageTypes.Alive);
        Assert.True(File.Exists(Path.Combine(run.Folder, "model.safetensors")));
        // From its first message on; what a loaded machine takes away from it is not its own.
        Assert.InRange(run.Took.TotalSeconds, 0, 8 + 30);
    }

    [Fact]
    public void A_training_thread_that_hangs_falls_silent()
    {
        List<TrainerAlive> said = [];
        using var signal = AliveSignal.Begin(said.Add, watched: false);
        signal.Look();
        Assert.Empty(said);
        Pulse.BeatBatch();
        signal.Look();
        Pulse.Beat();
        signal.Look();
        Assert.Equal(2, said.Count);
        signal.Look();
        signal.Look();
        Assert.Equal(2, said.Count);
    }

    private async Task<TrainerRun> TrainAsync(long? killAt, Func<TrainerPlan, TrainerPlan>? with = null)
    {
        var folder = Directory.CreateTempSubdirectory("train-verb-").FullName;
        _folders.Add(folder);
        var plan = Plan(Path.Combine(folder, "output"));
        Directory.CreateDirectory(plan.OutputDirectory);
        var path = Path.Combine(folder, "plan.json");
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(with?.Invoke(plan) ?? plan, ContractsJson.Options), Ct);
        // Started as the worker does: a trainer goes with the thread that started it, and those of a pool end when they like.
        using var process = await Spawner.StartAsync(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "TrainingService.Worker"), ["train", "--plan", path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        var errors = process.StandardError.ReadToEndAsync(Ct);
        List<TrainerMessage> messages = [];
        Stopwatch? watch = null;
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            watch ??= Stopwatch.StartNew();
            var message = JsonSerializer.Deserialize<TrainerMessage>(line, ContractsJson.Options)!;
            messages.Add(message);
            if (message.Type == EventTypes.Step && message.Data.Deserialize<StepEvent>(ContractsJson.Options)!.GlobalStep == killAt)
                process.Kill();
        }
        await process.WaitForExitAsync(Ct);
        Assert.True(killAt is not null || process.ExitCode == 0, await errors);
        return new TrainerRun(plan.OutputDirectory, messages, watch?.Elapsed ?? TimeSpan.Zero);
    }

    /// <summary>A CNN that drops out and sees its images moved: 16 batches in each of three epochs.</summary>
    private static TrainerPlan Plan(string output)
    {
        var mnist = new DatasetInfo(
            "mnist", "Digits", new Dictionary<string, long> { ["train"] = 60_000, ["test"] = 10_000 }, new Shape(28, 28), "uint8", new Shape(), "uint8", 10, "", "");
        PipelineStep[] maps = [new Map(new Rescaling(1 / 255.0)), new Map(new Reshape([28, 28, 1]))];
        var spec = new JobSpec(
            new Sequential([new Conv2D(8, [3, 3]), new BatchNormalization(), new MaxPooling2D(), new Flatten(), new Dropout(0.4), new Dense(10)]),
            new CompileSpec(new SparseCategoricalCrossentropy(FromLogits: true), Metrics: [new AccuracyByShape()]),
            new DataSpec(
                new DataSource("mnist", "train", [new Take(512), .. maps, new Map(new RandomTranslation(new Factor(-0.1, 0.1), new Factor(-0.1, 0.1))), new Shuffle(512), new Batch(32), new Prefetch()]),
                new DataSource("mnist", "test", [new Take(200), .. maps, new Batch(100)])),
            new FitSpec(3), Seed: 7, Checkpoint: new CheckpointSpec(EverySeconds: 1), MetricsEverySteps: 1);
        var location = new DatasetLocation(mnist, Path.Combine(Repository.Root, "deploy", "datasets", "mnist"));
        return new TrainerPlan(Guid.NewGuid(), 1, spec, [location], output, 1, Environment.ProcessId);
    }

    private static string Digest(TrainerRun run, string name) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(run.Folder, name))));

    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));

    private sealed record TrainerRun(string Folder, IReadOnlyList<TrainerMessage> Messages, TimeSpan Took)
    {
        public TrainerResult? Result => Messages.LastOrDefault(message => message.Type == TrainerMessageTypes.Result)?.Data.Deserialize<TrainerResult>(ContractsJson.Options);

        public List<TrainerCheckpoint> Checkpoints => [.. Messages.Where(message => message.Type == TrainerMessageTypes.Checkpoint)
            .Select(message => message.Data.Deserialize<TrainerCheckpointFile>(ContractsJson.Options)!)
            .Select(file => new TrainerCheckpoint(Path.Combine(Folder, file.Name), file.Number, file.Epoch, file.Step))];
    }
}
