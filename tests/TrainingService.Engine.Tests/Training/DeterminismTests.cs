using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Training;

/// <summary>The same spec, seed and number of threads give the same bytes.</summary>
[Collection(TrainingCollection.Name)]
public sealed class DeterminismTests
{
    private static readonly Dictionary<string, JobSpec> Specs = new()
    {
        ["dropout_and_augmentation"] = Job(Cnn(new Dropout(0.3)) with { Layers = [new RandomFlip(), new RandomRotation(new Factor(-0.1, 0.1)), .. Cnn(new Dropout(0.3)).Layers] }),
        ["lstm"] = Job(new Sequential([new Reshape([28, 28]), new LSTM(16) { Dropout = 0.2, RecurrentDropout = 0.2 }, new Dense(10, Activation.Softmax)])),
        ["batch_normalization"] = Job(Cnn(new BatchNormalization())),
        ["adamw_with_schedule"] = Job(Jobs.Small(), new AdamW { LearningRate = new CosineDecay(0.01, 16), Clipnorm = 1 }),
        ["mixed_bfloat16"] = Job(Cnn(new Dropout(0.3))) with { Resources = new ResourcesSpec("cpu", MixedPrecision: "mixed_bfloat16") },
        ["two_replicas"] = Job(Cnn(new Dropout(0.3))) with { Resources = new ResourcesSpec("cpu", Strategy: "mirrored", Replicas: 2) },
    };

    public static TheoryData<string> Names => [.. Specs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Two_epochs_give_the_same_bytes_and_another_seed_others(string name)
    {
        var spec = Specs[name];
        var (first, second, other) = (Weights(spec), Weights(spec), Weights(spec with { Seed = 43 }));
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    private static byte[] Weights(JobSpec spec)
    {
        using var output = new OutputFolder();
        var result = new TrainingRun(Jobs.Plan(spec, output.Path), new RecordingObserver()).Execute(TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
        return output.Read("model.safetensors");
    }

    private static Sequential Cnn(LayerSpec more) => new(
        [new Conv2D(8, [3, 3]) { Activation = Activation.Relu }, new MaxPooling2D(), more, new Flatten(), new Dense(10, Activation.Softmax)]);

    private static JobSpec Job(ModelSpec model, OptimizerSpec? optimizer = null)
    {
        var job = Jobs.Job(model, epochs: 2, trainRows: 256, testRows: 0);
        return job with { Compile = job.Compile with { Optimizer = optimizer } };
    }
}
