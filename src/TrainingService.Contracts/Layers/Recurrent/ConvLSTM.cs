using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>
/// Long short-term memory over images: the products of <see cref="LSTMCell"/> are convolutions (Shi et al., 2015). That of the state always
/// keeps the size. Kernels <c>(window…, in, 4 · filters)</c> in the order i, f, c, o.
/// </summary>
public abstract record ConvLSTM : GatedRecurrent
{
    /// <summary>A layer over so many spatial axes.</summary>
    protected ConvLSTM(int spatialAxes, int filters, Sizes kernelSize)
    {
        (SpatialAxes, Filters, KernelSize) = (spatialAxes, filters, kernelSize);
        (Strides, DilationRate) = (Sizes.Same(spatialAxes, 1), Sizes.Same(spatialAxes, 1));
    }

    /// <summary>How many spatial axes there are.</summary>
    public int SpatialAxes { get; }

    /// <summary>Number of output channels.</summary>
    public int Filters { get; init; }

    /// <summary>The window: one number or one per spatial axis.</summary>
    public Sizes KernelSize { get; init; }

    /// <summary>Step of the window over the input. Default: 1.</summary>
    [Range(1, 1_024)]
    public Sizes Strides { get; init; }

    /// <summary>How the window meets the input's border. Default: valid.</summary>
    public Padding Padding { get; init; }

    /// <summary>Where the channels are. Default: channels_last.</summary>
    public DataFormat DataFormat { get; init; }

    /// <summary>Spacing inside the window over the input. Default: 1.</summary>
    [Range(1, 1_024)]
    public Sizes DilationRate { get; init; }

    /// <summary>Whether the bias of the forget gate begins at 1. Default: true.</summary>
    public bool UnitForgetBias { get; init; } = true;

    /// <inheritdoc />
    public override CellSpec StepCell => new ConvLSTMCell(this) { Trainable = Trainable, Dtype = Dtype };
}

/// <summary>One step of a <see cref="ConvLSTM"/>. Keras has no such class of its own to name.</summary>
/// <param name="Layer">The layer whose step it is.</param>
public sealed record ConvLSTMCell(ConvLSTM Layer) : CellSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> StateShapes(Shape step)
    {
        var state = OutputShape(step);
        return [state, state];
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var channels = Channels(input);
        if (input.Skip(1).Any(size => size is null))
            throw new SpecException($"expected steps with known sizes. Received: {input}.");
        if (Layer.Padding == Padding.Causal)
            throw new SpecException("padding \"causal\" is Conv1D's alone. Received: causal.", "padding");
        if (Layer.Strides.Max() > 1 && Layer.DilationRate.Max() > 1)
        {
            throw new SpecException(
                $"strides above 1 and dilation_rate above 1 cannot go together. Received: strides {Layer.Strides}, dilation_rate {Layer.DilationRate}.", "strides");
        }
        if (Layer.Activation == Activation.Glu || Layer.RecurrentActivation == Activation.Glu)
            throw new SpecException("expected activations that keep the number of channels. Received: glu.", "activation");
        var last = Layer.DataFormat == DataFormat.ChannelsLast;
        var space = (last ? input.Skip(1).SkipLast(1) : input.Skip(2)).Select(
            (size, axis) => Windows.Steps(size, Layer.KernelSize[axis], Layer.Strides[axis], Layer.Padding, Layer.DilationRate[axis]));
        return last ? new Shape([input[0], .. space, Layer.Filters]) : new Shape([input[0], Layer.Filters, .. space]);
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var gates = 4L * Layer.Filters;
        var window = Layer.KernelSize.Select(size => (long?)size).ToList();
        var kernel = new WeightSpec(
            "kernel", new Shape([.. window, Channels(input), gates]), Layer.KernelInitializer, Regularizer: Layer.KernelRegularizer, Constraint: Layer.KernelConstraint);
        var recurrent = new WeightSpec(
            "recurrent_kernel", new Shape([.. window, Layer.Filters, gates]), Layer.RecurrentInitializer, Regularizer: Layer.RecurrentRegularizer,
            Constraint: Layer.RecurrentConstraint);
        return Layer.UseBias
            ? [kernel, recurrent, new WeightSpec("bias", new Shape(gates), Layer.BiasInitializer, Regularizer: Layer.BiasRegularizer, Constraint: Layer.BiasConstraint)]
            : [kernel, recurrent];
    }

    private long? Channels(Shape step) => step.Rank != Layer.SpatialAxes + 2
        ? throw new SpecException($"expected steps of {Layer.SpatialAxes + 2} axes, batch and channels included. Received: {step}.")
        : Layer.DataFormat == DataFormat.ChannelsLast ? step[-1] : step[1];
}

/// <summary>A ConvLSTM over sequences of rows.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Length of the window.</param>
/// <remarks>Input <c>(batch, time, rows, in)</c> → <c>(batch, rows', filters)</c> or <c>(batch, time, rows', filters)</c>.</remarks>
public sealed record ConvLSTM1D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : ConvLSTM(1, Filters, KernelSize);

/// <summary>A ConvLSTM over sequences of images.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (height, width).</param>
/// <remarks>Input <c>(batch, time, height, width, in)</c> → <c>(batch, height', width', filters)</c>, with a time axis for all steps.</remarks>
public sealed record ConvLSTM2D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : ConvLSTM(2, Filters, KernelSize);

/// <summary>A ConvLSTM over sequences of volumes.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (depth, height, width).</param>
/// <remarks>Input <c>(batch, time, depth, height, width, in)</c> → <c>(batch, depth', height', width', filters)</c>, with a time axis for all steps.</remarks>
public sealed record ConvLSTM3D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : ConvLSTM(3, Filters, KernelSize);
