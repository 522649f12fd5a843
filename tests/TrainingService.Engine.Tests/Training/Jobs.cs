using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;

namespace TrainingService.Engine.Tests.Training;

/// <summary>Jobs that tests run.</summary>
internal static class Jobs
{
    public static readonly DatasetInfo Mnist = new(
        "mnist", "Digits", new Dictionary<string, long> { ["train"] = 60_000, ["test"] = 10_000 }, new Shape(28, 28), "uint8", new Shape(), "uint8", 10, "", "");

    /// <summary>The tutorial's network.</summary>
    public static Sequential Cnn(double dropout = 0.5) => new(
    [
        new InputLayer(new Shape(null, 28, 28, 1)),
        new Conv2D(32, [3, 3]) { Activation = Activation.Relu },
        new MaxPooling2D(),
        new Conv2D(64, [3, 3]) { Activation = Activation.Relu },
        new MaxPooling2D(),
        new Flatten(),
        new Dense(128, Activation.Relu),
        new Dropout(dropout),
        new Dense(10, Activation.Softmax),
    ]);

    /// <summary>A network that trains in milliseconds.</summary>
    public static Sequential Small() => new([new Flatten(), new Dense(16, Activation.Relu), new Dropout(0.2), new Dense(10, Activation.Softmax)]);

    public static JobSpec Job(ModelSpec model, int epochs, long trainRows, long testRows, int batchSize = 32, params IReadOnlyList<CallbackSpec> callbacks) => new(
        model,
        new CompileSpec(new SparseCategoricalCrossentropy(), Metrics: [new AccuracyByShape()]),
        new DataSpec(
            new DataSource("mnist", "train",
            [
                new Take(trainRows), new Map(new Rescaling(1 / 255.0)), new Map(new Reshape([28, 28, 1])),
                new Shuffle(60_000), new Batch(batchSize), new Prefetch(),
            ]),
            testRows == 0 ? null : new DataSource("mnist", "test",
                [new Take(testRows), new Map(new Rescaling(1 / 255.0)), new Map(new Reshape([28, 28, 1])), new Batch(500)])),
        new FitSpec(epochs, Callbacks: callbacks),
        Seed: 42);

    public static TrainerPlan Plan(JobSpec spec, string output, int threads = 1) =>
        new(Guid.Empty, 1, spec, [new DatasetLocation(Mnist, MnistFolder())], output, threads, Environment.ProcessId);

    /// <summary>The repository's copy of MNIST.</summary>
    public static string MnistFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "deploy", "datasets", "mnist");
            if (Directory.Exists(candidate))
                return candidate;
        }
        throw new DirectoryNotFoundException("deploy/datasets/mnist was not found above the tests.");
    }
}
