using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Core =>
    [
        // What comes into a model is brought to the InputLayer's dtype, whatever it is.
        new(new InputLayer(new Shape(null, 4)) { Name = "in" }, S(2, 4)) { IsDifferentiable = false, InBfloat16 = false },
        new(new Dense(3, Activation.Tanh), S(2, 4)),
        new(new Dense(3, Activation.Softmax, false) { KernelInitializer = new HeNormal(7), KernelRegularizer = new L2(0.1), Name = "out" }, S(2, 5, 4)),
        new(new Dense(3) { LoraRank = 2, LoraAlpha = 4, BiasInitializer = new Constant(0.1), ActivityRegularizer = new L1(0.1) }, S(2, 4)),
        new(new Dense(4, Activation.Glu) { KernelConstraint = new MaxNorm(2, new NormAxes(0, 1)), BiasConstraint = new NonNeg() }, S(2, 4)),
        new(new TernaryDense(3, null, Activation.Sigmoid), S(2, 4)) { IsDifferentiable = false },
        new(new TernaryDense(3, 0.1, UseBias: false), S(2, 3, 4)) { IsDifferentiable = false },
        new(new EinsumDense("abc,cd->abd", new Shape(null, 5), Activation.Tanh, "d"), S(2, 3, 4)),
        new(new EinsumDense("...x,xyz->...yz", new Shape(3, 2), BiasAxes: "yz") { LoraRank = 1, LoraAlpha = 3 }, S(2, 3, 4)),
        new(new EinsumDense("ab...,bc->ac...", new Shape(3), BiasAxes: "c"), S(2, 4, 3, 2)),
        new(new EinsumDense("abc,cde->aebd", new Shape(3, null, 2), BiasAxes: "e"), S(2, 4, 3)),
        new(new ExpressionLayer("x * sigmoid(beta * x) + c", new Dictionary<string, double> { ["c"] = 0.5 }, [new ExpressionWeight("beta", S(4), new Ones())]), S(2, 4)),
        new(new Identity(), S(2, 3)),
        new(new LayerPipeline([new Dense(3, Activation.Tanh), new Dense(2) { Name = "last" }]), S(2, 4)),
    ];

    private static LayerSample[] Activations =>
    [
        new(new ActivationLayer(Activation.Silu), S(2, 4)),
        new(new ReLU(1.5, 0.1, 0.25), S(2, 5)),
        new(new ReLU(), S(2, 5)),
        new(new LeakyReLU(0.2), S(2, 5)),
        new(new PReLU { AlphaInitializer = new Constant(0.3), SharedAxes = [1] }, S(2, 3, 4)),
        new(new PReLU { AlphaRegularizer = new L1(0.1), AlphaConstraint = new NonNeg() }, S(2, 3)),
        new(new ELU(0.7), S(2, 5)),
        new(new Softmax(), S(2, 5)),
        new(new Softmax { Axis = [1, 2] }, S(2, 3, 4)),
    ];

    private static LayerSample[] Reshapings =>
    [
        new(new Reshape([2, -1]), S(2, 3, 4)),
        new(new Flatten(), S(2, 3, 4)),
        new(new Flatten(DataFormat.ChannelsFirst), S(2, 3, 2, 2)),
        new(new Permute([2, 1]), S(2, 3, 4)),
        new(new RepeatVector(3), S(2, 4)),
        new(new Cropping1D { Cropping = [new(1, 0)] }, S(2, 4, 3)),
        new(new Cropping2D { Cropping = [new(1, 0), new(1, 1)] }, S(2, 4, 5, 2)),
        new(new Cropping3D(DataFormat.ChannelsFirst) { Cropping = [new(1, 0), new(0, 1), new(1, 1)] }, S(2, 2, 3, 3, 4)),
        new(new ZeroPadding1D { Padding = [new(2, 1)] }, S(2, 3, 2)),
        new(new ZeroPadding2D { Padding = [new(1, 0), new(0, 2)], DataFormat = DataFormat.ChannelsFirst }, S(2, 2, 3, 3)),
        new(new ZeroPadding3D(), S(2, 2, 2, 2, 2)),
        new(new UpSampling1D(3), S(2, 3, 2)),
        new(new UpSampling2D { Size = [2, 3] }, S(2, 3, 2, 2)),
        new(new UpSampling2D(ResizeInterpolation.Bilinear) { DataFormat = DataFormat.ChannelsFirst }, S(2, 2, 3, 3)),
        new(new UpSampling2D(ResizeInterpolation.Bicubic), S(2, 3, 4, 2)),
        new(new UpSampling2D(ResizeInterpolation.Lanczos5), S(2, 3, 3, 1)),
        new(new UpSampling3D { Size = [2, 1, 3] }, S(2, 2, 2, 2, 2)),
    ];

    private static LayerSample[] Merges =>
    [
        new(new Add(), S(2, 3, 4), S(2, 4), S(2, 1, 4)),
        new(new Subtract(), S(2, 3), S(2, 3)),
        new(new Multiply(), S(2, 3), S(2, 1), S(2, 3)),
        new(new Average(), S(2, 3), S(2, 3), S(2, 3)),
        new(new Maximum(), S(2, 3), S(2, 3)),
        new(new Minimum(), S(2, 3), S(2, 3), S(2, 3)),
        new(new Concatenate(1), S(2, 3, 4), S(2, 2, 4)),
        new(new Dot([2, 1]), S(2, 3, 4), S(2, 4, 5)),
        new(new Dot([-1], true), S(2, 4), S(2, 4)),
    ];

    private static LayerSample[] Normalizations =>
    [
        new(new BatchNormalization(0.9) { Epsilon = 1e-2, Axis = [1], GammaInitializer = new Constant(1.5) }, S(4, 3, 2)),
        new(new BatchNormalization { Center = false, Scale = false }, S(4, 2, 3)),
        new(new BatchNormalization { Renorm = true, RenormClipping = new(3, 0.3, 2), RenormMomentum = 0.8 }, S(4, 2, 2, 3)),
        new(new LayerNormalization { Axis = [1, 2], Center = false }, S(2, 3, 4)),
        new(new LayerNormalization { Axis = [1], BetaRegularizer = new L2(0.1) }, S(2, 3, 4)),
        new(new LayerNormalization { RmsScaling = true }, S(2, 3)),
        new(new GroupNormalization(2) { Epsilon = 1e-2 }, S(2, 3, 4)),
        new(new GroupNormalization(-1, 1), S(2, 3, 4)),
        new(new RMSNormalization(1e-3) { Axis = [1, 2] }, S(2, 3, 4)),
        new(new UnitNormalization { Axis = [1, 2] }, S(2, 3, 4)),
        new(new SpectralNormalization(new Dense(3), 2), S(2, 4)),
        new(new SpectralNormalization(new Conv2D(2, [2, 2]) { Name = "inner" }), S(2, 3, 3, 1)),
    ];

    private static LayerSample[] Regularizations =>
    [
        new(new Dropout(0.5, Seed: 3), S(4, 5)),
        new(new Dropout(0.3, new Shape(null, 1, 4)), S(2, 3, 4)),
        new(new SpatialDropout1D(0.4, 2), S(2, 3, 4)),
        new(new SpatialDropout2D(0.4, DataFormat.ChannelsFirst), S(2, 4, 2, 2)),
        new(new SpatialDropout3D(0.4), S(2, 2, 2, 2, 4)),
        new(new AlphaDropout(0.3, new Shape(null, 1)), S(3, 4)),
        new(new GaussianDropout(0.3), S(3, 4)),
        new(new GaussianNoise(0.2, 5), S(3, 4)),
        new(new ActivityRegularization(0.1, 0.2), S(3, 4)),
    ];
}
