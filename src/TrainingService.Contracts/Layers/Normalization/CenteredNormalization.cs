using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>What normalizations share: <c>y = gamma · (x - mean) / √(variance + epsilon) + beta</c>.</summary>
public abstract record CenteredNormalization : LayerSpec
{
    /// <summary>Added to the variance, 0 to 1. Default: 0.001.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-3;

    /// <summary>Whether to learn an offset, beta. Default: true.</summary>
    public bool Center { get; init; } = true;

    /// <summary>Whether to learn a factor, gamma. Default: true.</summary>
    public bool Scale { get; init; } = true;

    /// <summary>Default: zeros.</summary>
    public InitializerSpec BetaInitializer { get; init; } = new Zeros();

    /// <summary>Default: ones.</summary>
    public InitializerSpec GammaInitializer { get; init; } = new Ones();

    /// <summary>Penalty on beta. Default: none.</summary>
    public RegularizerSpec? BetaRegularizer { get; init; }

    /// <summary>Penalty on gamma. Default: none.</summary>
    public RegularizerSpec? GammaRegularizer { get; init; }

    /// <summary>Where beta may be. Default: anywhere.</summary>
    public ConstraintSpec? BetaConstraint { get; init; }

    /// <summary>Where gamma may be. Default: anywhere.</summary>
    public ConstraintSpec? GammaConstraint { get; init; }

    /// <summary>Gamma and beta, as far as they are learned.</summary>
    protected IEnumerable<WeightSpec> Learned(Shape shape)
    {
        if (Scale)
            yield return new WeightSpec("gamma", shape, GammaInitializer, Regularizer: GammaRegularizer, Constraint: GammaConstraint);
        if (Center)
            yield return new WeightSpec("beta", shape, BetaInitializer, Regularizer: BetaRegularizer, Constraint: BetaConstraint);
    }
}
