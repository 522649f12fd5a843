using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A convolution of every channel by itself, then one with a window of 1 that mixes the channels.</summary>
public abstract record SeparableConv : PerChannelConvolution
{
    /// <summary>A convolution over so many spatial axes.</summary>
    protected SeparableConv(int spatialAxes, int filters, Sizes kernelSize) : base(spatialAxes, kernelSize) => Filters = filters;

    /// <summary>Number of output channels.</summary>
    public int Filters { get; init; }

    /// <summary>Default: glorot_uniform.</summary>
    public InitializerSpec PointwiseInitializer { get; init; } = new GlorotUniform();

    /// <summary>Penalty on the mixing kernel. Default: none.</summary>
    public RegularizerSpec? PointwiseRegularizer { get; init; }

    /// <summary>Where the mixing kernel may be. Default: anywhere.</summary>
    public ConstraintSpec? PointwiseConstraint { get; init; }

    /// <inheritdoc />
    protected override long OutputChannels(long inputChannels) => Filters;

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var (_, channels) = SplitKnown(input);
        var mixing = new Shape([.. Enumerable.Repeat<long?>(1, SpatialAxes), channels * DepthMultiplier, Filters]);
        return
        [
            Depthwise("depthwise_kernel", channels),
            new WeightSpec("pointwise_kernel", mixing, PointwiseInitializer, Regularizer: PointwiseRegularizer, Constraint: PointwiseConstraint),
            .. Bias(Filters),
        ];
    }
}

/// <summary>One-dimensional separable convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Length of the window.</param>
/// <remarks>Input <c>(batch, steps, in)</c> → output <c>(batch, steps', filters)</c>.</remarks>
public sealed record SeparableConv1D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : SeparableConv(1, Filters, KernelSize);

/// <summary>Two-dimensional separable convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (height, width).</param>
/// <remarks>Input <c>(batch, height, width, in)</c> → output <c>(batch, height', width', filters)</c>.</remarks>
public sealed record SeparableConv2D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : SeparableConv(2, Filters, KernelSize);
