using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer that applies a cell to every step of a sequence, handing on its states.</summary>
/// <remarks>
/// Input <c>(batch, time, …)</c> → the last output <c>(batch, …)</c> or all of them <c>(batch, time, …)</c>, then the last states when they
/// are asked for. A masked step leaves the states as they are and repeats the output before it.
/// </remarks>
[Ignores("use_cudnn", "input_dim", "input_length")]
[Omits("time_major")]
public abstract record RecurrentSpec : LayerSpec
{
    private static readonly string[] SequencesAndState = ["sequences", "initial_state", "mask", "training"];

    /// <summary>Whether to give the outputs of all steps instead of the last. Default: false.</summary>
    public bool ReturnSequences { get; init; }

    /// <summary>Whether to give the last states after the output. Default: false.</summary>
    public bool ReturnState { get; init; }

    /// <summary>Whether to begin with the last step; the outputs come in that order. Default: false.</summary>
    public bool GoBackwards { get; init; }

    /// <summary>Whether a batch begins with the states with which the batch before ended, row by row. Default: false.</summary>
    public bool Stateful { get; init; }

    /// <summary>Whether Keras writes the loop out step by step; the time axis must then be known. Default: false.</summary>
    public bool Unroll { get; init; }

    /// <summary>Whether the output of a masked step is zero instead of the output before it. Default: false.</summary>
    public bool ZeroOutputForMask { get; init; }

    /// <summary>Whether the time axis comes first; only false.</summary>
    [DefaultOnly]
    public bool TimeMajor { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => SequencesAndState;

    /// <summary>The cell that is applied at every step.</summary>
    public abstract CellSpec StepCell { get; }

    /// <summary>Name of the cell in the paths of the weights.</summary>
    public string CellName => StepCell.Name ?? KerasKind.SnakeCase(KerasKind.ClassName(StepCell.GetType()));

    /// <summary>Shape of one step: the sequence's without the time axis.</summary>
    public static Shape StepOf(Shape sequence) =>
        sequence.Rank < 3 ? throw new SpecException($"expected at least 3 axes (batch, time, …). Received: {sequence}.") : new Shape([sequence[0], .. sequence.Skip(2)]);

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (inputs.Count == 0)
            throw new SpecException("expected a sequence. Received: none.");
        var sequence = inputs[0];
        var step = StepOf(sequence);
        if (Stateful && sequence[0] is null)
            throw new SpecException($"a stateful layer needs a known batch size. Received: {sequence}.", "stateful");
        if (Unroll && sequence[1] is null)
            throw new SpecException($"unroll needs a known time axis. Received: {sequence}.", "unroll");
        var output = StepCell.OutputShape(step);
        var states = StepCell.StateShapes(step);
        CellSpec.CheckStates(call.Has("initial_state") ? call.Shapes("initial_state") : [.. inputs.Skip(1)], states, "initial_state");
        var outputs = ReturnSequences ? new Shape([output[0], sequence[1], .. output.Skip(1)]) : output;
        return ReturnState ? [outputs, .. states] : [outputs];
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => OutputShapes([input], CallSpec.None)[0];

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => [.. Within(StepCell, CellName, StepCell.Weights(StepOf(input)))];
}

/// <summary>A recurrent layer with a cell of units of its own.</summary>
public abstract record UnitsRecurrent : RecurrentSpec
{
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

    /// <summary>The layer's own settings in a cell.</summary>
    private protected T Fill<T>(T cell) where T : UnitsCell => cell with
    {
        Trainable = Trainable,
        Dtype = Dtype,
        Activation = Activation,
        UseBias = UseBias,
        KernelInitializer = KernelInitializer,
        RecurrentInitializer = RecurrentInitializer,
        BiasInitializer = BiasInitializer,
        KernelRegularizer = KernelRegularizer,
        RecurrentRegularizer = RecurrentRegularizer,
        BiasRegularizer = BiasRegularizer,
        KernelConstraint = KernelConstraint,
        RecurrentConstraint = RecurrentConstraint,
        BiasConstraint = BiasConstraint,
        Dropout = Dropout,
        RecurrentDropout = RecurrentDropout,
        Seed = Seed,
    };
}

/// <summary>A recurrent layer with gates, which open and close by an activation of their own.</summary>
public abstract record GatedRecurrent : UnitsRecurrent
{
    /// <summary>Applied to the gates. Default: sigmoid.</summary>
    public Activation RecurrentActivation { get; init; } = Activation.Sigmoid;

    /// <summary>
    /// 1 draws a dropout mask for each gate, another value (Keras's default is 2) one for all; with recurrent dropout it is always one for each.
    /// </summary>
    [Range(0, 2)]
    [OmittedWhenNull]
    public int? Implementation { get; init; }

    private protected T FillGates<T>(T cell) where T : GatedCell => Fill(cell) with { RecurrentActivation = RecurrentActivation, Implementation = Implementation };
}
