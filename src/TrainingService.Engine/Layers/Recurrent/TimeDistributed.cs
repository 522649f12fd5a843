using TorchSharp;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>
/// A layer applied to every step of a sequence. Steps become rows of one large batch, but for a layer that moves statistics of its own while
/// training, carries states, or penalizes activities by the batch's size: it sees one step after the other, as in Keras.
/// </summary>
public sealed class TimeDistributed : Layer
{
    private readonly Layer _layer;
    private readonly bool _movesStatistics, _takesSteps;

    /// <summary>Builds the layer.</summary>
    public TimeDistributed(Specs.TimeDistributed spec, LayerContext context) : base(spec, context)
    {
        var step = Specs.TimeDistributed.StepOf(context.InputShape);
        _layer = Sublayer(spec.Layer, spec.LayerName, [step]);
        _movesStatistics = spec.Layer.Weights([step], Specs.CallSpec.None).Any(weight => !weight.Trainable);
        _takesSteps = TakesSteps(_layer);
    }

    /// <inheritdoc />
    public override Tensor Call(Tensor x, CallContext call)
    {
        var (batch, time) = (x.shape[0], x.shape[1]);
        var mask = call.Mask;
        if (mask is not null && (mask.dim() < 2 || mask.shape[0] != batch || mask.shape[1] != time))
            throw new ArgumentException($"{Name}: expected a mask whose shape begins with ({batch}, {time}). Received: ({string.Join(", ", mask.shape)}).");
        if (_takesSteps || (_movesStatistics && call.Training))
            return stack(Enumerable.Range(0, (int)time).Select(step => Step(x.select(1, step), mask?.select(1, step), call)), 1);
        return Step(x.flatten(0, 1), mask?.flatten(0, 1), call).unflatten(0, [batch, time]);
    }

    private Tensor Step(Tensor x, Tensor? mask, CallContext call)
    {
        var input = new KerasTensor(_layer.Precision.Enter(x), mask);
        return _layer.Call([input], call.For(input))[0].Value;
    }

    private static bool TakesSteps(Layer layer) =>
        layer.Spec is Specs.RecurrentSpec { Stateful: true } or { ActivityRegularizer: not null } || layer.Sublayers.Any(TakesSteps);
}
