using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Two-dimensional convolution (cross-correlation), then bias, then activation.</summary>
/// <param name="Filters">Number of output channels.</param>
/// <param name="KernelSize">Window, one number or (height, width).</param>
/// <param name="Strides">Step of the window. Default: 1.</param>
/// <param name="Padding">Default: valid.</param>
/// <param name="DataFormat">Default: channels_last.</param>
/// <param name="DilationRate">Spacing inside the window. Default: 1; not together with strides above 1.</param>
/// <param name="Groups">Groups of channels convolved separately; divides both channel counts. Default: 1.</param>
/// <param name="Activation">Default: linear.</param>
/// <param name="UseBias">Default: true.</param>
/// <param name="KernelInitializer">Default: glorot_uniform.</param>
/// <param name="BiasInitializer">Default: zeros.</param>
/// <param name="KernelRegularizer">Only null.</param>
/// <param name="BiasRegularizer">Only null.</param>
/// <param name="ActivityRegularizer">Only null.</param>
/// <param name="KernelConstraint">Only null.</param>
/// <param name="BiasConstraint">Only null.</param>
/// <remarks>Input <c>(batch, height, width, in)</c> → output <c>(batch, height', width', filters)</c>; kernel <c>(h, w, in / groups, filters)</c>.</remarks>
public sealed record Conv2D(
    [Range(1, int.MaxValue)] int Filters,
    [Range(1, 1_024)] Size2D KernelSize,
    [Range(1, 1_024)] Size2D? Strides = null,
    Padding Padding = Padding.Valid,
    DataFormat DataFormat = DataFormat.ChannelsLast,
    [Range(1, 1_024)] Size2D? DilationRate = null,
    [Range(1, 1_048_576)] int Groups = 1,
    Activation Activation = Activation.Linear,
    bool UseBias = true,
    InitializerSpec? KernelInitializer = null,
    InitializerSpec? BiasInitializer = null,
    [DefaultOnly] object? KernelRegularizer = null,
    [DefaultOnly] object? BiasRegularizer = null,
    [DefaultOnly] object? ActivityRegularizer = null,
    [DefaultOnly] object? KernelConstraint = null,
    [DefaultOnly] object? BiasConstraint = null) : LayerSpec
{
    /// <summary>The step of the window, its default filled in.</summary>
    public Size2D Step => Strides ?? Size2D.Square(1);

    /// <summary>The spacing inside the window, its default filled in.</summary>
    public Size2D Dilation => DilationRate ?? Size2D.Square(1);

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with
    {
        Strides = Step,
        DilationRate = Dilation,
        KernelInitializer = KernelInitializer ?? new GlorotUniform(),
        BiasInitializer = BiasInitializer ?? new Zeros(),
    };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (height, width, channels) = Windows.Image(input, DataFormat);
        if (channels is not { } depth)
            throw new SpecException($"the channel axis must be known. Received: {input}.");
        if (depth % Groups != 0)
            throw new SpecException($"expected groups to divide the {depth} input channels. Received: {Groups}.", "groups");
        if (Filters % Groups != 0)
            throw new SpecException($"expected groups to divide the {Filters} filters. Received: {Groups}.", "groups");
        if ((Step.Height > 1 || Step.Width > 1) && (Dilation.Height > 1 || Dilation.Width > 1))
            throw new SpecException($"strides above 1 and dilation_rate above 1 cannot go together. Received: strides {Step}, dilation_rate {Dilation}.", "strides");
        return Windows.ImageShape(
            input[0],
            Windows.Steps(height, KernelSize.Height, Step.Height, Padding, Dilation.Height),
            Windows.Steps(width, KernelSize.Width, Step.Width, Padding, Dilation.Width),
            Filters, DataFormat);
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var (_, _, channels) = Windows.Image(input, DataFormat);
        var kernel = new WeightSpec("kernel", new Shape(KernelSize.Height, KernelSize.Width, channels / Groups, Filters), KernelInitializer ?? new GlorotUniform());
        return UseBias ? [kernel, new WeightSpec("bias", new Shape(Filters), BiasInitializer ?? new Zeros())] : [kernel];
    }
}
