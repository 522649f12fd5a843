using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Regularizers;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Convolutions =>
    [
        new(new Conv1D(3, [2]) { Padding = Padding.Causal, DilationRate = [2], Activation = Activation.Tanh }, S(2, 5, 2)),
        new(new Conv1D(4, [3]) { Strides = [2], Padding = Padding.Same, Groups = 2, DataFormat = DataFormat.ChannelsFirst }, S(2, 2, 6)),
        new(new Conv2D(2, [2, 3]) { Strides = [2, 1], Padding = Padding.Same, UseBias = false, KernelRegularizer = new L1L2(0.1, 0.2) }, S(2, 4, 4, 1)),
        new(new Conv2D(2, [3, 3]) { LoraRank = 2 }, S(1, 4, 4, 2)),
        new(new Conv3D(2, [2, 2, 2]) { Padding = Padding.Same }, S(1, 3, 3, 2, 2)),
        new(new Conv1DTranspose(3, [3]) { Strides = [2], OutputPadding = [1] }, S(2, 3, 2)),
        new(new Conv1DTranspose(2, [2]) { DilationRate = [2], Padding = Padding.Same }, S(2, 4, 2)),
        new(new Conv2DTranspose(2, [2, 3]) { Strides = [3, 2], Padding = Padding.Same, Activation = Activation.Tanh }, S(1, 2, 3, 2)),
        new(new Conv2DTranspose(2, [5, 4]) { Strides = [2, 2], Padding = Padding.Same, OutputPadding = [1, 0], DataFormat = DataFormat.ChannelsFirst }, S(1, 2, 3, 3)),
        new(new Conv3DTranspose(1, [2, 2, 2]) { Strides = [2, 1, 2] }, S(1, 2, 2, 2, 2)),
        new(new DepthwiseConv1D([3]) { DepthMultiplier = 2, Padding = Padding.Same }, S(2, 4, 2)),
        new(new DepthwiseConv2D([2, 2]) { Strides = [2, 2], DataFormat = DataFormat.ChannelsFirst }, S(2, 2, 4, 4)),
        new(new SeparableConv1D(3, [2]) { DepthMultiplier = 2, DilationRate = [2] }, S(2, 5, 2)),
        new(new SeparableConv2D(3, [3, 3]) { Padding = Padding.Same, Activation = Activation.Tanh }, S(1, 3, 4, 2)),
    ];

    private static LayerSample[] Poolings =>
    [
        new(new MaxPooling1D { Padding = Padding.Same, Strides = [1] }, S(2, 5, 2)),
        new(new MaxPooling2D { PoolSize = [2, 3], Strides = [1, 2], DataFormat = DataFormat.ChannelsFirst }, S(2, 2, 4, 5)),
        new(new MaxPooling3D(), S(1, 4, 4, 2, 2)),
        new(new AveragePooling1D([3]) { Padding = Padding.Same }, S(2, 5, 2)),
        new(new AveragePooling2D([2, 2]) { Strides = [1, 1], Padding = Padding.Same }, S(2, 3, 4, 2)),
        new(new AveragePooling3D([2, 2, 2]) { DataFormat = DataFormat.ChannelsFirst }, S(1, 2, 2, 4, 4)),
        new(new GlobalMaxPooling1D { Keepdims = true }, S(2, 4, 3)),
        new(new GlobalMaxPooling2D { DataFormat = DataFormat.ChannelsFirst }, S(2, 3, 2, 2)),
        new(new GlobalMaxPooling3D(), S(2, 2, 2, 2, 3)),
        new(new GlobalAveragePooling1D(), S(2, 4, 3)),
        new(new GlobalAveragePooling2D { Keepdims = true }, S(2, 2, 3, 3)),
        new(new GlobalAveragePooling3D { DataFormat = DataFormat.ChannelsFirst }, S(2, 3, 2, 2, 2)),
        new(new AdaptiveMaxPooling1D([3]), S(2, 5, 2)),
        new(new AdaptiveMaxPooling2D([2, 3]), S(2, 5, 4, 2)),
        new(new AdaptiveMaxPooling3D([2, 1, 2]) { DataFormat = DataFormat.ChannelsFirst }, S(1, 2, 3, 3, 3)),
        new(new AdaptiveAveragePooling1D([3]) { DataFormat = DataFormat.ChannelsFirst }, S(2, 2, 5)),
        new(new AdaptiveAveragePooling2D([2, 3]), S(2, 5, 4, 2)),
        new(new AdaptiveAveragePooling3D([2, 1, 2]), S(1, 3, 3, 3, 2)),
    ];
}
