using TorchSharp;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Tests.Layers;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>What holds for every layer of the catalog, whichever it is.</summary>
[Collection(TrainingCollection.Name)]
public sealed class LayerKitTests
{
    private static readonly List<LayerSample> Samples = [.. LayerSamples.All.Where(sample => sample.OnTensors)];

    public static TheoryData<int> All => Of(_ => true);

    public static TheoryData<int> Trained => Of(sample => sample.Spec.Weights(sample.Inputs, new(sample.Form(), sample.Shapes)).Any(weight => weight.Trainable));

    public static TheoryData<int> Differentiable => Of(sample => sample.IsDifferentiable);

    public static TheoryData<int> Halved => Of(sample => sample.InBfloat16);

    [Theory, MemberData(nameof(All))]
    public void The_predicted_shape_is_the_real_one_in_inference_and_in_training(int number)
    {
        var sample = Samples[number];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var built = new BuiltSample(sample, float32);
        foreach (var training in new[] { false, true })
        {
            var outputs = built.Call(training);
            Assert.Equal(built.Layer.OutputShapes.Count, outputs.Count);
            foreach (var (promised, output) in built.Layer.OutputShapes.Zip(outputs))
                Assert.True(promised.IsCompatibleWith(new Shape(output.shape.Select(size => (long?)size))), $"{sample}: {promised} was promised. Received: ({string.Join(", ", output.shape)})");
            Assert.All(outputs.Where(output => output.is_floating_point()), output => Assert.True(output.isfinite().all().item<bool>(), sample.ToString()));
        }
    }

    [Theory, MemberData(nameof(Trained))]
    public void Training_steps_lower_the_loss(int number)
    {
        const int steps = 60, some = 10; // layers that drop out are noisy: means of some steps
        const double rate = 0.05;
        using var scope = NewDisposeScope();
        using var built = new BuiltSample(Samples[number], float32);
        Tensor[] targets = [.. built.Call(training: true).Select(output => rand_like(output.detach()))];
        List<float> losses = [];
        for (var step = 0; step < steps; step++)
        {
            foreach (var weight in built.Trained)
                weight.Value.grad!.zero_();
            var loss = built.Call(training: true).Zip(targets, (output, target) => (output - target).square().mean()).Aggregate((sum, next) => sum + next);
            loss.backward();
            losses.Add(loss.item<float>());
            using var noGrad = no_grad();
            foreach (var weight in built.Trained)
                weight.Value.sub_(weight.Value.grad!.clamp(-1, 1) * rate);
        }
        Assert.True(losses.TakeLast(some).Average() < losses.Take(some).Average(), $"{Samples[number]}: {string.Join(" ", losses)}");
    }

    [Theory, MemberData(nameof(All))]
    public void Saved_weights_give_the_same_output_in_another_instance(int number)
    {
        var path = Path.Combine(Path.GetTempPath(), $"layer-kit-{Guid.NewGuid():N}.safetensors");
        try
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var first = new BuiltSample(Samples[number], float32, seed: 1);
            using var second = new BuiltSample(Samples[number], float32, seed: 2);
            Safetensors.Write(path, [.. first.Layer.Weights.Select(weight => (weight.Name, weight.Value))]);
            var saved = Safetensors.Read(path);
            foreach (var weight in second.Layer.Weights)
                weight.Assign(saved[weight.Name]);
            foreach (var (mine, other) in second.Tensors.Zip(first.Tensors))
                mine.copy_(other);
            foreach (var tensor in saved.Values)
                tensor.Dispose();
            foreach (var (expected, received) in first.Call(training: false).Zip(second.Call(training: false)))
                Assert.True(expected.eq(received).all().item<bool>(), Samples[number].ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void No_live_tensor_is_left(int number)
    {
        Work(); // what is made once for all is made now
        var before = LiveTensors.Settled();
        Work();
        Assert.Equal(before, Tensor.TotalCount);

        void Work()
        {
            using var scope = NewDisposeScope();
            using var built = new BuiltSample(Samples[number], float32);
            foreach (var training in new[] { true, false })
            {
                using var step = NewDisposeScope();
                var outputs = built.Call(training).Where(output => output.requires_grad).ToList();
                if (outputs.Count > 0)
                    outputs.Select(output => output.square().sum()).Aggregate((sum, next) => sum + next).backward();
            }
        }
    }

    [Theory, MemberData(nameof(Differentiable))]
    public void Gradients_are_the_differences_of_the_output(int number)
    {
        using var scope = NewDisposeScope();
        using var built = new BuiltSample(Samples[number], float64);
        foreach (var input in built.Tensors.Where(input => input.is_floating_point()))
            input.requires_grad_(true);
        var weighing = built.Call(training: false).Select(output => randn_like(output.detach())).ToArray();
        var loss = Loss();
        Assert.True(loss.requires_grad, $"{Samples[number]} passes no gradient on");
        loss.backward();
        var variables = built.Tensors.Where(input => input.is_floating_point()).Concat(built.Trained.Select(weight => weight.Value)).ToList();
        foreach (var variable in variables)
            NumericGradient.Check(variable, variable.grad, () => Loss().item<double>(), Samples[number].ToString());

        Tensor Loss() => built.Call(training: false).Zip(weighing, (output, weight) => (output * weight).sum()).Aggregate((sum, next) => sum + next);
    }

    [Theory, MemberData(nameof(Halved))]
    public void Bfloat16_gives_the_same_within_its_precision(int number)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var whole = new BuiltSample(Samples[number], float32);
        using var half = new BuiltSample(Samples[number], bfloat16);
        // Both compute from the same, rounded numbers.
        foreach (var (weight, rounded) in whole.Layer.Weights.Zip(half.Layer.Weights))
            weight.Assign(rounded.Value.to(float32));
        foreach (var (input, rounded) in whole.Tensors.Zip(half.Tensors).Where(pair => pair.First.is_floating_point()))
            input.copy_(rounded.to(float32));
        foreach (var (expected, received) in whole.Call(training: false).Zip(half.Call(training: false)).Where(pair => pair.First.is_floating_point()))
        {
            Assert.Equal(bfloat16, received.dtype);
            var error = (expected - received.to(float32)).abs().max().item<float>();
            Assert.True(error <= 0.04f * Math.Max(1, expected.abs().max().item<float>()), $"{Samples[number]}: {error} off");
        }
    }

    private static TheoryData<int> Of(Func<LayerSample, bool> which) => new(Enumerable.Range(0, Samples.Count).Where(number => which(Samples[number])));
}
