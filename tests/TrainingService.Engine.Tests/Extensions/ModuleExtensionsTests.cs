using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Tests.Layers;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Extensions;
using TrainingService.Engine.Tests.Layers;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using TrainingService.Samples.CustomLayers;
using static TorchSharp.torch;
using Jobs = TrainingService.Engine.Tests.Training.Jobs;
using Modules = TrainingService.Samples.CustomLayers.Modules;

namespace TrainingService.Engine.Tests.Extensions;

/// <summary>The sample's layer and model, as a trainer adds them.</summary>
[Collection(TrainingCollection.Name)]
public sealed class ModuleExtensionsTests
{
    private static readonly string SpecAssembly = typeof(ScaledResidual).Assembly.Location;
    private static readonly string ModuleAssembly = typeof(Modules.ScaledResidual).Assembly.Location;

    static ModuleExtensionsTests()
    {
        SpecExtensions.Load([SpecAssembly]);
        ModuleExtensions.Load([ModuleAssembly]);
    }

    [Fact]
    public void The_layer_adds_the_scaled_block_to_its_input()
    {
        using var scope = NewDisposeScope();
        using var built = new BuiltSample(new LayerSample(new ScaledResidual(3), new Shape(2, 4)), float32);
        var weights = built.Layer.Weights.Select(weight => weight.Value.detach()).ToArray();
        Assert.Equal(["scale", "down/kernel", "down/bias", "up/kernel", "up/bias"], built.Layer.Weights.Select(weight => weight.Name));
        weights[0].fill_(0.5);
        var x = built.Tensors[0];
        var expected = x + 0.5 * (nn.functional.relu(x.matmul(weights[1]) + weights[2]).matmul(weights[3]) + weights[4]);
        Assert.True(expected.allclose(built.Call(training: false)[0], atol: 1e-6));
    }

    public static TheoryData<int> Both => [0, 1];

    private static LayerSample Sample(int number) => number == 0
        ? new LayerSample(new ScaledResidual(3, Contracts.Activations.Activation.Silu), new Shape(2, 3, 4))
        : new LayerSample(new ResidualClassifier(3, Units: 4, Blocks: 1), new Shape(2, 3));

    [Theory, MemberData(nameof(Both))]
    public void Gradients_are_the_differences_of_the_output(int number)
    {
        using var scope = NewDisposeScope();
        using var built = new BuiltSample(Sample(number), float64);
        built.Tensors[0].requires_grad_(true);
        var weighing = randn_like(built.Call(training: false)[0].detach());
        Loss().backward();
        foreach (var variable in built.Trained.Select(weight => weight.Value).Prepend(built.Tensors[0]))
            NumericGradient.Check(variable, variable.grad, () => Loss().item<double>(), Sample(number).ToString());

        Tensor Loss() => (built.Call(training: false)[0] * weighing).sum();
    }

    [Theory, MemberData(nameof(Both))]
    public void No_live_tensor_is_left(int number)
    {
        Work();
        var before = LiveTensors.Settled();
        Work();
        Assert.Equal(before, Tensor.TotalCount);

        void Work()
        {
            using var scope = NewDisposeScope();
            using var built = new BuiltSample(Sample(number), float32);
            built.Call(training: true)[0].square().sum().backward();
        }
    }

    public static TheoryData<bool> Forms => [true, false];

    [Theory, MemberData(nameof(Forms))]
    public void A_job_with_it_learns_digits_and_leaves_weights_and_a_model_that_is_read_again(bool whole)
    {
        ModelSpec model = whole
            ? new ResidualClassifier(10)
            : new Sequential([new Flatten(), new Dense(32, Contracts.Activations.Activation.Relu), new ScaledResidual(16), new Dense(10, Contracts.Activations.Activation.Softmax)]);
        using var output = new OutputFolder();
        var observer = new RecordingObserver();
        var result = new TrainingRun(Jobs.Plan(Jobs.Job(model, epochs: 3, trainRows: 1_000, testRows: 500), output.Path), observer).Execute(TestContext.Current.CancellationToken);

        Assert.True(result.StopReason == StopReason.Completed, result.ToString());
        var losses = observer.Of<EpochEndEvent>().Select(epoch => epoch.Logs["loss"]!.Value).ToList();
        Assert.True(losses[^1] < 0.7 * losses[0], string.Join(" ", losses));
        Assert.InRange(Assert.Single(observer.Of<EvaluationEvent>()).Logs["accuracy"]!.Value, 0.6, 1);
        using var scope = NewDisposeScope();
        var weights = Safetensors.Read(Path.Combine(output.Path, "model.safetensors"));
        Assert.Equal([32], weights[whole ? "block_1/scale" : "scaled_residual/scale"].shape);
        Assert.Equal(Assert.Single(observer.Of<ModelEvent>()).TotalParams, weights.Values.Sum(weight => weight.numel()));
        using var config = JsonDocument.Parse(output.Read("config.json"));
        var again = ContractsJson.TryRead<ModelSpec>(config.RootElement, out var violations);
        Assert.Empty(violations);
        Assert.Equal(new Shape(null, 10), ModelWalk.Through(again!, new Shape(null, 28, 28, 1)).Output);
    }

    [Fact]
    public void A_wrong_assembly_is_named_in_one_sentence()
    {
        Says("/nothing.dll", "Extensions:Modules", "/nothing.dll", "does not exist");
        Says(SpecAssembly, "Extensions:Modules", "[ModuleFor]", "none");
        Says(typeof(ModuleExtensionsTests).Assembly.Location, nameof(NotRegistered), "Extensions:Specs");
    }

    private static void Says(string path, params string[] words)
    {
        var message = Assert.Throws<ExtensionException>(() => ModuleExtensions.Load([path])).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    private sealed record NotRegistered : LayerSpec;

    [ModuleFor(typeof(NotRegistered))]
    private sealed class OfNotRegistered(NotRegistered spec, Engine.Layers.LayerContext context) : Engine.Layers.Layer(spec, context);
}
