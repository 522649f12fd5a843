using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A convolution that begins with a kernel <c>(window…, in, depth_multiplier)</c> per input channel.</summary>
[Omits("groups")]
[Ignores("kernel_initializer", "kernel_regularizer", "kernel_constraint")]
public abstract record PerChannelConvolution : ConvolutionLayer
{
    /// <summary>A convolution over so many spatial axes.</summary>
    protected PerChannelConvolution(int spatialAxes, Sizes kernelSize) : base(spatialAxes, kernelSize)
    {
    }

    /// <summary>Only 1; Keras 2 wrote it for every convolution.</summary>
    [DefaultOnly]
    public int Groups { get; init; } = 1;

    /// <summary>Output channels of the depthwise step per input channel. Default: 1.</summary>
    [Range(1, 65_536)]
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>Default: glorot_uniform.</summary>
    public InitializerSpec DepthwiseInitializer { get; init; } = new GlorotUniform();

    /// <summary>Penalty on the depthwise kernel. Default: none.</summary>
    public RegularizerSpec? DepthwiseRegularizer { get; init; }

    /// <summary>Where the depthwise kernel may be. Default: anywhere.</summary>
    public ConstraintSpec? DepthwiseConstraint { get; init; }

    /// <inheritdoc />
    public override void CheckFields()
    {
        // Strides and spacing may go together here.
        if (Padding == Padding.Causal)
            base.CheckFields();
    }

    /// <summary>The kernel of the depthwise step.</summary>
    protected WeightSpec Depthwise(string name, long channels) =>
        new(name, Window(channels, DepthMultiplier), DepthwiseInitializer, Regularizer: DepthwiseRegularizer, Constraint: DepthwiseConstraint);
}

/// <summary>Convolution of every input channel by itself.</summary>
public abstract record DepthwiseConv : PerChannelConvolution
{
    /// <summary>A convolution over so many spatial axes.</summary>
    protected DepthwiseConv(int spatialAxes, Sizes kernelSize) : base(spatialAxes, kernelSize)
    {
    }

    /// <inheritdoc />
    protected override long OutputChannels(long inputChannels) => inputChannels * DepthMultiplier;

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var (_, channels) = SplitKnown(input);
        return [Depthwise("kernel", channels), .. Bias(channels * DepthMultiplier)];
    }
}

/// <summary>One-dimensional convolution of every input channel by itself.</summary>
/// <param name="KernelSize">Length of the window.</param>
/// <remarks>Input <c>(batch, steps, in)</c> → output <c>(batch, steps', in · depth_multiplier)</c>.</remarks>
public sealed record DepthwiseConv1D([Range(1, 1_024)] Sizes KernelSize) : DepthwiseConv(1, KernelSize);

/// <summary>Two-dimensional convolution of every input channel by itself.</summary>
/// <param name="KernelSize">Window, one number or (height, width).</param>
/// <remarks>Input <c>(batch, height, width, in)</c> → output <c>(batch, height', width', in · depth_multiplier)</c>.</remarks>
public sealed record DepthwiseConv2D([Range(1, 1_024)] Sizes KernelSize) : DepthwiseConv(2, KernelSize);
