using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Transposed convolution, the gradient of a convolution as a layer; kernel <c>(window…, filters, in)</c>.</summary>
[Omits("groups")]
public abstract record ConvTranspose : KernelConvolution
{
    /// <summary>A convolution over so many spatial axes.</summary>
    protected ConvTranspose(int spatialAxes, int filters, Sizes kernelSize) : base(spatialAxes, filters, kernelSize)
    {
    }

    /// <summary>Only 1; Keras 2 wrote it for every convolution.</summary>
    [DefaultOnly]
    public int Groups { get; init; } = 1;

    /// <summary>Added to one end of the output's axes, below the strides. Default: what makes the output <c>input · strides</c> for padding same.</summary>
    [Range(0, 1_023)]
    public Sizes? OutputPadding { get; init; }

    /// <inheritdoc />
    public override long? Steps(long? size, int axis)
    {
        if (size is not { } steps)
            return null;
        var (reach, stride) = (((long)KernelSize[axis] - 1) * DilationRate[axis] + 1, Strides[axis]);
        return Padding == Padding.Valid
            ? (steps - 1) * stride + reach + (OutputPadding?[axis] ?? Math.Max(stride - reach, 0))
            : OutputPadding is null ? steps * stride : (steps - 1) * stride + reach % 2 + OutputPadding[axis];
    }

    /// <summary>
    /// How much of the full output, <c>(input - 1) · strides + reach</c> long, is cut from its beginning; its end then follows from the
    /// output's size.
    /// </summary>
    /// <param name="axis">Which spatial axis.</param>
    public long CutBefore(int axis)
    {
        if (Padding == Padding.Valid)
            return 0;
        var reach = ((long)KernelSize[axis] - 1) * DilationRate[axis] + 1;
        var padding = OutputPadding is null ? Strides[axis] + reach - 2 : reach + reach % 2 - 2 + OutputPadding[axis];
        return reach - 1 - Math.Min((padding + 1) / 2, reach - 1);
    }

    /// <inheritdoc />
    public override void CheckFields()
    {
        base.CheckFields();
        if (OutputPadding is { } border && border.Zip(Strides).Any(pair => pair.First >= pair.Second))
            throw new SpecException($"expected output_padding below the strides {Strides} along every axis. Received: {OutputPadding}.", "output_padding");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => [Kernel(Window(Filters, SplitKnown(input).Channels)), .. Bias(Filters)];
}

/// <summary>One-dimensional transposed convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Length of the window.</param>
/// <remarks>Input <c>(batch, steps, in)</c> → output <c>(batch, steps', filters)</c>.</remarks>
public sealed record Conv1DTranspose([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : ConvTranspose(1, Filters, KernelSize);

/// <summary>Two-dimensional transposed convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (height, width).</param>
/// <remarks>Input <c>(batch, height, width, in)</c> → output <c>(batch, height', width', filters)</c>.</remarks>
public sealed record Conv2DTranspose([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : ConvTranspose(2, Filters, KernelSize);

/// <summary>Three-dimensional transposed convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (depth, height, width).</param>
/// <remarks>Input <c>(batch, depth, height, width, in)</c> → output <c>(batch, depth', height', width', filters)</c>.</remarks>
public sealed record Conv3DTranspose([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : ConvTranspose(3, Filters, KernelSize);
