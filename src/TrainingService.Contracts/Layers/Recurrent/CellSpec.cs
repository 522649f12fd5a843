using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>What a recurrent layer does at one time step: a step's input and the states give the output and the next states.</summary>
public abstract record CellSpec : LayerSpec
{
    private static readonly string[] StepAndStates = ["inputs", "states", "training"];

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => StepAndStates;

    /// <summary>Shapes of the states, with the batch axis, in Keras's flat order.</summary>
    /// <param name="step">Shape of one step's input: the sequence's without the time axis.</param>
    public abstract IReadOnlyList<Shape> StateShapes(Shape step);

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (inputs.Count == 0)
            throw new SpecException("expected the input of a step. Received: none.");
        var output = OutputShape(inputs[0]);
        var states = StateShapes(inputs[0]);
        CheckStates(call.Has("states") ? call.Shapes("states") : [.. inputs.Skip(1)], states, "states");
        return [output, .. states];
    }

    /// <inheritdoc />
    public abstract override Shape OutputShape(Shape input);

    /// <summary>Whether given states are those that are wanted; none given is fine too.</summary>
    /// <exception cref="SpecException">Another number of states, or a state of another shape.</exception>
    internal static void CheckStates(IReadOnlyList<Shape> given, IReadOnlyList<Shape> wanted, string name)
    {
        if (given.Count > 0 && (given.Count != wanted.Count || given.Zip(wanted).Any(pair => !pair.First.IsCompatibleWith(pair.Second))))
            throw new SpecException($"expected {name} of shapes {string.Join(", ", wanted)}. Received: {string.Join(", ", given)}.");
    }
}

/// <summary>A cell whose states are vectors: <c>(batch, features)</c> in, <c>(batch, units)</c> out.</summary>
[Ignores("input_dim", "input_length")]
public abstract record UnitsCell : CellSpec
{
    /// <summary>A cell of so many units and gates.</summary>
    protected UnitsCell(int units, int gates) => (Units, Gates) = (units, gates);

    /// <summary>Size of the output and of each state.</summary>
    public int Units { get; init; }

    /// <summary>How many units-wide parts the kernels have.</summary>
    public int Gates { get; }

    /// <summary>Applied to the candidate for the state. Default: tanh.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Whether to learn an offset. Default: true.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Of the weights of the input. Default: glorot_uniform.</summary>
    public InitializerSpec KernelInitializer { get; init; } = new GlorotUniform();

    /// <summary>Of the weights of the state. Default: orthogonal.</summary>
    public InitializerSpec RecurrentInitializer { get; init; } = new Orthogonal();

    /// <summary>Default: zeros.</summary>
    public InitializerSpec BiasInitializer { get; init; } = new Zeros();

    /// <summary>Penalty on the weights of the input. Default: none.</summary>
    public RegularizerSpec? KernelRegularizer { get; init; }

    /// <summary>Penalty on the weights of the state. Default: none.</summary>
    public RegularizerSpec? RecurrentRegularizer { get; init; }

    /// <summary>Penalty on the bias. Default: none.</summary>
    public RegularizerSpec? BiasRegularizer { get; init; }

    /// <summary>Where the weights of the input may be. Default: anywhere.</summary>
    public ConstraintSpec? KernelConstraint { get; init; }

    /// <summary>Where the weights of the state may be. Default: anywhere.</summary>
    public ConstraintSpec? RecurrentConstraint { get; init; }

    /// <summary>Where the bias may be. Default: anywhere.</summary>
    public ConstraintSpec? BiasConstraint { get; init; }

    /// <summary>Share of the input's values to drop while training, the same ones at every step. Default: 0.</summary>
    [Range(0.0, 1.0)]
    public double Dropout { get; init; }

    /// <summary>Share of the state's values to drop while training, the same ones at every step. Default: 0.</summary>
    [Range(0.0, 1.0)]
    public double RecurrentDropout { get; init; }

    /// <summary>Seed of the dropout of its own; null draws from the job's seed.</summary>
    public long? Seed { get; init; }

    /// <summary>Shape of the bias.</summary>
    internal virtual Shape BiasShape => new((long)Units * Gates);

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        if (input.Rank != 2 || input[-1] is null)
            throw new SpecException($"expected steps of shape (batch, features) with known features. Received: {input}.");
        CheckActivations();
        return new Shape(input[0], Units);
    }

    /// <summary>Activations that would change the number of units are refused.</summary>
    private protected virtual void CheckActivations() => KeepsUnits(Activation, "activation");

    /// <summary>An activation that keeps the last axis as it is.</summary>
    private protected static void KeepsUnits(Activation activation, string field)
    {
        if (activation == Activation.Glu)
            throw new SpecException("expected an activation that keeps the number of units. Received: glu.", field);
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var kernel = new WeightSpec("kernel", new Shape(input[-1], (long)Units * Gates), KernelInitializer, Regularizer: KernelRegularizer, Constraint: KernelConstraint);
        var recurrent = new WeightSpec(
            "recurrent_kernel", new Shape(Units, (long)Units * Gates), RecurrentInitializer, Regularizer: RecurrentRegularizer, Constraint: RecurrentConstraint);
        return UseBias
            ? [kernel, recurrent, new WeightSpec("bias", BiasShape, BiasInitializer, Regularizer: BiasRegularizer, Constraint: BiasConstraint)]
            : [kernel, recurrent];
    }
}
