using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>What is computed in another way because it is faster gives the same numbers.</summary>
[Collection(TrainingCollection.Name)]
public class FastPathTests
{
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

    private static IReadOnlyList<torch.Tensor> Train(Sequential spec, Shape shape, torch.Tensor x)
    {
        using var model = new Model(spec, shape, new RandomStreams(5), torch.CPU);
        var y = model.Call(x, training: true);
        y.square().sum().backward();
        return [y.detach(), model.Parameters.Gradients.clone()];
    }
}
