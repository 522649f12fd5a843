using TorchSharp;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Losses;

[Collection(TrainingCollection.Name)]
public class LossGradientTests
{
    private const double Step = 1e-6;

    public static TheoryData<string, string> Losses => LossSamples.All();

    [Theory, MemberData(nameof(Losses))]
    public void The_gradient_is_the_slope_of_the_loss(string name, string config)
    {
        using var scope = NewDisposeScope();
        var loss = LossSamples.Build(name, config);
        var (labels, outputs) = LossSamples.Rows(name);
        var variable = outputs.clone().requires_grad_(true);
        loss.Call(labels, variable).backward();
        var gradient = variable.grad!;
        for (var index = 0; index < outputs.numel(); index++)
        {
            var slope = (ValueAt(loss, labels, outputs, index, Step) - ValueAt(loss, labels, outputs, index, -Step)) / (2 * Step);
            var computed = gradient.flatten()[index].item<double>();
            Assert.True(Math.Abs(computed - slope) <= 1e-6 + 1e-5 * Math.Abs(slope), $"output {index}: the slope is {slope:R}, the gradient {computed:R}");
        }
    }

    [Theory, MemberData(nameof(Losses))]
    public void The_gradient_is_a_number_where_the_outputs_are_extreme(string name, string config)
    {
        using var scope = NewDisposeScope();
        var loss = LossSamples.Build(name, config);
        // (1 - p^q) / q has no slope at p = 0, in Keras neither; everything else has one at 0 and at 1.
        double[] extremes = name == "CategoricalGeneralizedCrossEntropy" ? [1] : [0, 1];
        foreach (var extreme in extremes)
        {
            var (labels, outputs) = LossSamples.Rows(name);
            var variable = full_like(outputs.to(float32), extreme).requires_grad_(true);
            var value = loss.Call(labels, variable);
            value.backward();
            // Rows of zeros cannot be made to sum to one: Keras gives no number there.
            if (extreme == 0 && float.IsNaN(value.item<float>()) && name is "CategoricalCrossentropy" or "CategoricalFocalCrossentropy" or "SparseCategoricalCrossentropy" or "crossentropy")
                continue;
            Assert.True(variable.grad!.isfinite().all().item<bool>(), $"{name} at {extreme}: {variable.grad.str()}");
        }
    }

    [Theory, MemberData(nameof(Losses))]
    public void Half_precision_outputs_are_widened_first(string name, string config)
    {
        using var scope = NewDisposeScope();
        var loss = LossSamples.Build(name, config);
        var (labels, outputs) = LossSamples.Rows(name);
        foreach (var half in new[] { ScalarType.BFloat16, ScalarType.Float16 })
        {
            var narrow = outputs.to(half);
            var value = loss.Call(labels, narrow);
            Assert.Equal(ScalarType.Float32, value.dtype);
            Assert.Equal(loss.Call(labels, narrow.to(float32)).item<float>(), value.item<float>());
        }
    }

    private static double ValueAt(Loss loss, Tensor labels, Tensor outputs, long index, double step)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var moved = outputs.clone();
        moved.view(-1)[index] += step;
        return loss.Call(labels, moved).item<double>();
    }
}
