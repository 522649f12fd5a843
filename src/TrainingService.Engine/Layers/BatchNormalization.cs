using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Normalizes each channel: by the batch while training, by the moving averages otherwise or when frozen. The moving variance takes the
/// batch's biased variance, as Keras does.
/// </summary>
public sealed class BatchNormalization(Specs.BatchNormalization spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var axis = spec.Axis < 0 ? spec.Axis + x.dim() : spec.Axis;
        var channels = axis == 1 ? x : x.movedim([axis], [1]); // (batch, channels, …)
        var y = call.Training && Trainable ? NormalizeByBatch(channels) : Normalize(channels, Value("moving_mean"), Value("moving_variance"), training: false);
        return axis == 1 ? y : y.movedim([1], [axis]);
    }

    private torch.Tensor NormalizeByBatch(torch.Tensor x)
    {
        // With momentum 1, libtorch leaves the batch's own mean and unbiased variance in the two buffers.
        var mean = torch.zeros_like(Value("moving_mean"));
        var variance = torch.zeros_like(Value("moving_variance"));
        var y = Normalize(x, mean, variance, training: true);
        using var noGrad = torch.no_grad();
        var count = x.numel() / x.shape[1];
        var biased = count == 1 ? torch.zeros_like(variance) : variance * ((count - 1.0) / count);
        Value("moving_mean").mul_(spec.Momentum).add_(mean, 1 - spec.Momentum);
        Value("moving_variance").mul_(spec.Momentum).add_(biased, 1 - spec.Momentum);
        return y;
    }

    private torch.Tensor Normalize(torch.Tensor x, torch.Tensor mean, torch.Tensor variance, bool training) =>
        torch.nn.functional.batch_norm(x, mean, variance, ValueOrNull("gamma"), ValueOrNull("beta"), training, 1.0, spec.Epsilon);
}
