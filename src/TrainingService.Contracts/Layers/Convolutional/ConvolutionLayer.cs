using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>What all convolutions share: a window that moves over the spatial axes, then bias, then activation.</summary>
public abstract record ConvolutionLayer : ImageLayer
{
    /// <summary>A convolution over so many spatial axes.</summary>
    protected ConvolutionLayer(int spatialAxes, Sizes kernelSize) : base(spatialAxes)
    {
        KernelSize = kernelSize;
        Strides = Sizes.Same(spatialAxes, 1);
        DilationRate = Sizes.Same(spatialAxes, 1);
    }

    /// <summary>The window: one number or one per spatial axis.</summary>
    public Sizes KernelSize { get; init; }

    /// <summary>Step of the window. Default: 1.</summary>
    [Range(1, 1_024)]
    public Sizes Strides { get; init; }

    /// <summary>How the window meets the border. Default: valid.</summary>
    public Padding Padding { get; init; }

    /// <summary>Spacing inside the window. Default: 1.</summary>
    [Range(1, 1_024)]
    public Sizes DilationRate { get; init; }

    /// <summary>Applied to the output. Default: linear.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether to learn an offset per output channel. Default: true.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Default: zeros.</summary>
    public InitializerSpec BiasInitializer { get; init; } = new Zeros();

    /// <summary>Penalty on the bias. Default: none.</summary>
    public RegularizerSpec? BiasRegularizer { get; init; }

    /// <summary>Where the bias may be. Default: anywhere.</summary>
    public ConstraintSpec? BiasConstraint { get; init; }

    /// <summary>Channels that come out of so many.</summary>
    protected abstract long OutputChannels(long inputChannels);

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (space, channels) = SplitKnown(input);
        return Activated.Shape(Activation, Join(input[0], space.Select(Steps), OutputChannels(channels)));
    }

    /// <summary>Steps along one axis.</summary>
    public virtual long? Steps(long? size, int axis) => Windows.Steps(size, KernelSize[axis], Strides[axis], Padding, DilationRate[axis]);

    /// <inheritdoc />
    public override void CheckFields()
    {
        base.CheckFields();
        if (Padding == Padding.Causal)
            throw new SpecException("padding \"causal\" is Conv1D's alone. Received: causal.", "padding");
        CheckStridesOrDilation();
    }

    /// <summary>Steps and spacing of more than 1 exclude each other.</summary>
    /// <exception cref="SpecException">Both are.</exception>
    protected void CheckStridesOrDilation()
    {
        if (Strides.Max() > 1 && DilationRate.Max() > 1)
            throw new SpecException($"strides above 1 and dilation_rate above 1 cannot go together. Received: strides {Strides}, dilation_rate {DilationRate}.", "strides");
    }

    /// <summary>The bias, when there is one.</summary>
    protected IEnumerable<WeightSpec> Bias(long channels) =>
        UseBias ? [new WeightSpec("bias", new Shape(channels), BiasInitializer, Regularizer: BiasRegularizer, Constraint: BiasConstraint)] : [];

    /// <summary>A kernel: the window's sizes, then two axes of channels.</summary>
    protected Shape Window(long first, long second) => new([.. KernelSize.Select(size => (long?)size), first, second]);
}

/// <summary>A convolution with one kernel over all channels.</summary>
public abstract record KernelConvolution : ConvolutionLayer
{
    /// <summary>A convolution over so many spatial axes.</summary>
    protected KernelConvolution(int spatialAxes, int filters, Sizes kernelSize) : base(spatialAxes, kernelSize) => Filters = filters;

    /// <summary>Number of output channels.</summary>
    public int Filters { get; init; }

    /// <summary>Default: glorot_uniform.</summary>
    public InitializerSpec KernelInitializer { get; init; } = new GlorotUniform();

    /// <summary>Penalty on the kernel. Default: none.</summary>
    public RegularizerSpec? KernelRegularizer { get; init; }

    /// <summary>Where the kernel may be. Default: anywhere.</summary>
    public ConstraintSpec? KernelConstraint { get; init; }

    /// <inheritdoc />
    protected override long OutputChannels(long inputChannels) => Filters;

    /// <summary>The kernel; one that is not trained is not penalized either.</summary>
    protected WeightSpec Kernel(Shape shape, bool trainable = true) => 
        trainable ? new("kernel", shape, KernelInitializer, true, KernelRegularizer, KernelConstraint) : new("kernel", shape, KernelInitializer, Trainable: false);
}
