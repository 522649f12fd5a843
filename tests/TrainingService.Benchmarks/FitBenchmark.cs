using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Native;

namespace TrainingService.Benchmarks;

/// <summary>Images a second of <c>fit</c> and of a hand-written TorchSharp loop over the same network.</summary>
internal static class FitBenchmark
{
    public const int RowsPerRound = 6_400;

    private static readonly DatasetInfo Mnist = new(
        "mnist", "Digits", new Dictionary<string, long> { ["train"] = 60_000 }, new Shape(28, 28), "uint8", new Shape(), "uint8", 10, "", "");

    /// <param name="batchSize">Rows per batch.</param>
    /// <param name="name">Name in the report.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="policy">Dtype policy of our model; the hand-written loop always computes in float32. Null is float32.</param>
    /// <param name="replicas">Copies that share our batches, each with its part of the threads.</param>
    public static Task RunAsync(int batchSize, string name, Network network = Network.Convolutional, string? policy = null, int replicas = 1)
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(FitComparison.Threads);
        using var fit = Loop(batchSize, network, policy, replicas);
        using var byHand = ByHand(ReadMnist(), batchSize, network);
        FitComparison.Run(name, "images/s", RowsPerRound, fit, byHand, replicas);
        return Task.CompletedTask;
    }

    /// <summary>The training rows.</summary>
    public static Rows ReadMnist() => DatasetReader.Read(new DatasetLocation(Mnist, Folder()), "train");

    /// <summary>Our loop over them.</summary>
    public static FitLoop Loop(int batchSize, Network network = Network.Convolutional, string? policy = null, int replicas = 1) => new(
        ReadMnist(), [new Map(new Rescaling(1 / 255.0)), new Map(new Reshape([28, 28, 1])), new Cache(), new Shuffle(60_000), new Take(RowsPerRound)],
        batchSize, MixedPrecision.Apply(network == Network.Convolutional ? Convolutional() : Dense(), policy), replicas, FitComparison.Threads);

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "deploy", "datasets", "mnist");
            if (Directory.Exists(candidate))
                return candidate;
        }
        throw new DirectoryNotFoundException("deploy/datasets/mnist was not found above the program.");
    }

    private static Sequential Convolutional() => new(
    [
        new InputLayer(new Shape(null, 28, 28, 1)),
        new Conv2D(32, [3, 3]) { Activation = Activation.Relu },
        new MaxPooling2D(),
        new Conv2D(64, [3, 3]) { Activation = Activation.Relu },
        new MaxPooling2D(),
        new Flatten(),
        new Dense(128, Activation.Relu),
        new Dropout(0.5),
        new Dense(10, Activation.Softmax),
    ]);

    private static Sequential Dense() => new([new Flatten(), new Dense(512, Activation.Relu), new Dense(512, Activation.Relu), new Dense(10, Activation.Softmax)]);

    /// <summary>The same in TorchSharp's modules, which take the channels first.</summary>
    private static HandWrittenLoop ByHand(Rows rows, int batchSize, Network kind)
    {
        using var scope = torch.NewDisposeScope();
        using (rows)
        {
            var images = (rows.Features.unsqueeze(1).to(torch.float32) / 255).DetachFromDisposeScope(); // (rows, 1, 28, 28)
            var network = kind == Network.Dense
                ? torch.nn.Sequential(
                    torch.nn.Flatten(), torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Linear(512, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10))
                : torch.nn.Sequential(
                    torch.nn.Conv2d(1, 32, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                    torch.nn.Conv2d(32, 64, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                    torch.nn.Flatten(), torch.nn.Linear(1_600, 128), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(128, 10));
            return new HandWrittenLoop(images, rows.Labels.clone().DetachFromDisposeScope(), batchSize, RowsPerRound, network.call, network);
        }
    }
}

/// <summary>What a fit benchmark trains.</summary>
internal enum Network
{
    /// <summary>The tutorial's two convolutions and two dense layers.</summary>
    Convolutional,

    /// <summary>784-512-512-10.</summary>
    Dense,
}
