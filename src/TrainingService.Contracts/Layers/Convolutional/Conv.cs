using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Convolution (cross-correlation), then bias, then activation; kernel <c>(window…, in / groups, filters)</c>.</summary>
public abstract record Conv : KernelConvolution
{
    /// <summary>A convolution over so many spatial axes.</summary>
    protected Conv(int spatialAxes, int filters, Sizes kernelSize) : base(spatialAxes, filters, kernelSize)
    {
    }

    /// <summary>Groups of channels convolved separately; divides both channel counts. Default: 1.</summary>
    [Range(1, 1_048_576)]
    public int Groups { get; init; } = 1;

    /// <summary>Rank of a low-rank addition that is trained instead of the kernel (LoRA; Hu et al., 2021). Default: none.</summary>
    [Range(1, 65_536)]
    public int? LoraRank { get; init; }

    /// <summary>The addition is scaled by <c>lora_alpha / lora_rank</c>. Default: the rank.</summary>
    public double? LoraAlpha { get; init; }

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (SpatialAxes != 1)
            base.CheckFields();
        CheckStridesOrDilation();
        if (Filters % Groups != 0)
            throw new SpecException($"expected groups to divide the {Filters} filters. Received: {Groups}.", "groups");
        Lora.Check(LoraRank, LoraAlpha, KernelConstraint);
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (_, channels) = SplitKnown(input);
        return channels % Groups == 0
            ? base.OutputShape(input)
            : throw new SpecException($"expected groups to divide the {channels} input channels. Received: {Groups}.", "groups");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var kernel = Window(SplitKnown(input).Channels / Groups, Filters);
        return [Kernel(kernel, LoraRank is null), .. Bias(Filters), .. Lora.Weights(LoraRank, kernel, KernelRegularizer)];
    }
}

/// <summary>One-dimensional convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Length of the window.</param>
/// <remarks>Input <c>(batch, steps, in)</c> → output <c>(batch, steps', filters)</c>; padding may be causal.</remarks>
public sealed record Conv1D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : Conv(1, Filters, KernelSize);

/// <summary>Two-dimensional convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (height, width).</param>
/// <remarks>Input <c>(batch, height, width, in)</c> → output <c>(batch, height', width', filters)</c>.</remarks>
public sealed record Conv2D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : Conv(2, Filters, KernelSize);

/// <summary>Three-dimensional convolution.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (depth, height, width).</param>
/// <remarks>Input <c>(batch, depth, height, width, in)</c> → output <c>(batch, depth', height', width', filters)</c>.</remarks>
public sealed record Conv3D([Range(1, int.MaxValue)] int Filters, [Range(1, 1_024)] Sizes KernelSize) : Conv(3, Filters, KernelSize);
