using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>
/// Dynamic loss scaling: a step with a gradient that is not finite is left out and halves the scale, a row of good steps doubles it. Whether
/// all gradients are finite is the one number that is read back per step; it decides what is done next.
/// </summary>
public sealed class LossScaleOptimizer : Optimizer
{
    private readonly Specs.LossScaleOptimizer _spec;
    private readonly ParameterBuffer _parameters;
    private readonly Optimizer _inner;
    private float _scale;
    private long _goodSteps;

    /// <summary>Builds the optimizer and the one inside.</summary>
    public LossScaleOptimizer(Specs.LossScaleOptimizer spec, ParameterBuffer parameters, string? model = null)
    {
        (_spec, _parameters, _scale) = (spec, parameters, (float)spec.InitialScale);
        _inner = OptimizerTable.Build(
            spec.InnerOptimizer switch
            {
                Specs.UpdateRuleSpec rule => rule with { LossScaleFactor = null },
                Specs.MultiOptimizer several => several with { LossScaleFactor = null },
                var other => other,
            }, parameters, model);
    }

    /// <inheritdoc />
    public override double LearningRate
    {
        get => _inner.LearningRate;
        set => _inner.LearningRate = value;
    }

    /// <inheritdoc />
    public override long Iterations => _inner.Iterations;

    /// <inheritdoc />
    public override double? LossScale => _scale;

    /// <inheritdoc />
    public override bool HasAverage => _inner.HasAverage;

    /// <inheritdoc />
    public override void Step(IReadOnlyCollection<int>? withoutGradient = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (!_parameters.Gradients.isfinite().all().item<bool>())
        {
            (_goodSteps, _scale) = (0, _scale / 2);
            return;
        }
        _parameters.Gradients.div_(_scale);
        _inner.Step(withoutGradient);
        if (++_goodSteps == _spec.DynamicGrowthSteps)
            (_goodSteps, _scale) = (0, _scale * 2);
    }

    /// <inheritdoc />
    public override void SwapAverage() => _inner.SwapAverage();

    /// <inheritdoc />
    public override void AdoptWeightsAsAverage() => _inner.AdoptWeightsAsAverage();

    /// <inheritdoc />
    public override void FinalizeVariableValues() => _inner.FinalizeVariableValues();

    /// <inheritdoc />
    protected internal override void WriteState(IDictionary<string, Tensor> state, string prefix)
    {
        state[prefix + "step_counter"] = tensor(_goodSteps);
        state[prefix + "dynamic_scale"] = tensor(_scale);
        _inner.WriteState(state, $"{prefix}inner_optimizer/");
    }

    /// <inheritdoc />
    protected internal override void ReadState(IReadOnlyDictionary<string, Tensor> state, string prefix)
    {
        _inner.ReadState(state, $"{prefix}inner_optimizer/");
        _goodSteps = Part(state, prefix + "step_counter").item<long>();
        _scale = Part(state, prefix + "dynamic_scale").item<float>();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing) => _inner.Dispose();
}
