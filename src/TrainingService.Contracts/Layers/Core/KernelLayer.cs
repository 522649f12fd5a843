using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer that multiplies by a kernel, adds a bias and applies an activation.</summary>
public abstract record KernelLayer : LayerSpec
{
    /// <summary>A layer with this activation.</summary>
    protected KernelLayer(Activation activation) => Activation = activation;

    /// <summary>Applied to the output. Default: linear.</summary>
    public Activation Activation { get; init; }

    /// <summary>Default: glorot_uniform.</summary>
    public InitializerSpec KernelInitializer { get; init; } = new GlorotUniform();

    /// <summary>Default: zeros.</summary>
    public InitializerSpec BiasInitializer { get; init; } = new Zeros();

    /// <summary>Penalty on the kernel. Default: none.</summary>
    public RegularizerSpec? KernelRegularizer { get; init; }

    /// <summary>Penalty on the bias. Default: none.</summary>
    public RegularizerSpec? BiasRegularizer { get; init; }

    /// <summary>Where the kernel may be. Default: anywhere.</summary>
    public ConstraintSpec? KernelConstraint { get; init; }

    /// <summary>Where the bias may be. Default: anywhere.</summary>
    public ConstraintSpec? BiasConstraint { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithTraining;

    /// <summary>The kernel; one that is not trained is not penalized either.</summary>
    protected WeightSpec Kernel(Shape shape, bool trainable = true) => 
        trainable ? new("kernel", shape, KernelInitializer, true, KernelRegularizer, KernelConstraint) : new("kernel", shape, KernelInitializer, Trainable: false);

    /// <summary>The bias.</summary>
    protected WeightSpec Bias(Shape shape) => new("bias", shape, BiasInitializer, Regularizer: BiasRegularizer, Constraint: BiasConstraint);

    /// <summary>Size of the last axis.</summary>
    /// <exception cref="SpecException">Too few axes, or the last one is unknown.</exception>
    protected static long Features(Shape input) =>
        input.Rank < 2 ? throw new SpecException($"expected at least 2 axes (batch, …, features). Received: {input}.")
        : input[-1] ?? throw new SpecException($"the last axis must be known. Received: {input}.");
}
