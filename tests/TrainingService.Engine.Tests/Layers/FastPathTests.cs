using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using Padding = TrainingService.Contracts.Layers.Padding;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>What is computed in another way because it is faster gives the same numbers.</summary>
[Collection(TrainingCollection.Name)]
public class FastPathTests
{
    public static TheoryData<int, int, int, Padding> Convolutions => new()
    {
        { 1, 1, 1, Padding.Valid }, { 1, 1, 1, Padding.Same }, { 3, 2, 1, Padding.Valid }, { 3, 2, 1, Padding.Same }, { 2, 1, 2, Padding.Valid }, { 2, 1, 2, Padding.Same },
    };

    [Theory, MemberData(nameof(Convolutions))]
    public void A_first_convolution_of_few_channels_learns_as_any_other(int channels, int step, int dilation, Padding padding)
    {
        using var scope = torch.NewDisposeScope();
        var shape = new Shape(4, 9, 8, channels);
        var spec = new Conv2D(5, [3, 2]) { Strides = Sizes.Same(2, step), DilationRate = Sizes.Same(2, dilation), Padding = padding };
        using var layer = LayerTable.Build(spec, new LayerContext("conv", shape, true, new RandomStreams(3), torch.CPU));
        foreach (var weight in layer.Weights)
            weight.Value.requires_grad_(true);
        var x = torch.rand(4, 9, 8, channels);

        var rows = Learn(layer, x);
        // An input that wants a gradient too goes through libtorch's convolution.
        var convolution = Learn(layer, x.clone().requires_grad_(true));

        foreach (var (expected, received) in convolution.Zip(rows))
            Assert.True(expected.allclose(received, rtol: 1e-4, atol: 1e-5), $"{expected.shape.Length} axes: {(expected - received).abs().max().item<float>()} off");
    }

    [Fact]
    public void Relu_after_the_maximum_is_relu_before_it()
    {
        using var scope = torch.NewDisposeScope();
        var shape = new Shape(null, 8, 8, 3);
        var x = torch.randn(6, 8, 8, 3);

        // A layer of its own between the two stays where it is.
        var apart = Train(new Sequential([new Conv2D(4, [3, 3]) { Name = "conv" }, new Contracts.Layers.ActivationLayer(Activation.Relu), new MaxPooling2D()]), shape, x);
        var together = Train(new Sequential([new Conv2D(4, [3, 3]) { Name = "conv", Activation = Activation.Relu }, new MaxPooling2D()]), shape, x);

        foreach (var (expected, received) in apart.Zip(together))
            Assert.True(expected.equal(received).all().item<bool>());
    }

    [Fact]
    public void An_output_that_is_wanted_keeps_its_relu()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        NodeSpec Node(string from) => new([new TensorRef(from, 0, 0)], new Dictionary<string, CallValue>());
        var graph = new Functional(
            [
                new GraphLayer(new Contracts.Layers.InputLayer(new Shape(null, 6, 6, 2)) { Name = "in" }, []),
                new GraphLayer(new Conv2D(3, [3, 3]) { Name = "conv", Activation = Activation.Relu }, [Node("in")]),
                new GraphLayer(new MaxPooling2D { Name = "pool" }, [Node("conv")]),
            ],
            new TensorRef("in", 0, 0), new CallList([new TensorRef("conv", 0, 0), new TensorRef("pool", 0, 0)]));
        using var model = new Model(graph, (IReadOnlyList<Shape>?)null, new RandomStreams(1), torch.CPU);

        var outputs = model.Call([new KerasTensor(torch.randn(4, 6, 6, 2))], new CallContext(training: false));

        Assert.True(outputs[0].Value.ge(0).all().item<bool>());
    }

    private static IReadOnlyList<torch.Tensor> Learn(Layer layer, torch.Tensor x)
    {
        foreach (var weight in layer.Weights)
            weight.Value.grad = null;
        var y = layer.Call(x, new CallContext(training: true));
        y.square().sum().backward();
        return [y.detach(), .. layer.Weights.Select(weight => weight.Value.grad!.clone())];
    }

    private static IReadOnlyList<torch.Tensor> Train(Sequential spec, Shape shape, torch.Tensor x)
    {
        using var model = new Model(spec, shape, new RandomStreams(5), torch.CPU);
        var y = model.Call(x, training: true);
        y.square().sum().backward();
        return [y.detach(), model.Parameters.Gradients.clone()];
    }
}
