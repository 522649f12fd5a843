using TorchSharp;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Optimizers;

/// <summary>The step in one pass against libtorch's operations, which the same rules use for float64.</summary>
[Collection(TrainingCollection.Name)]
public class FusedStepTests
{
    public static TheoryData<OptimizerSpec> Specs =>
    [
        new Contracts.Optimizers.Adam(), new Contracts.Optimizers.AdamW(), new Contracts.Optimizers.RmsProp(),
        new Contracts.Optimizers.Sgd(0.9), new Contracts.Optimizers.Sgd(0.9, Nesterov: true),
    ];

    [Theory, MemberData(nameof(Specs))]
    public void It_moves_weights_as_the_operations_do(OptimizerSpec spec)
    {
        var single = Steps(spec, torch.float32, elements: 1_003);
        var operations = Steps(spec, torch.float64, elements: 1_003);
        for (var i = 0; i < single.Length; i++)
            Assert.Equal(operations[i], single[i], 1e-5);
    }

    [Fact]
    public void Several_threads_move_each_weight_as_one_does()
    {
        const int elements = (3 << 20) + 5;
        var before = torch.get_num_threads();
        try
        {
            torch.set_num_threads(1);
            var alone = Steps(new Contracts.Optimizers.Adam(), torch.float32, elements);
            torch.set_num_threads(3);
            Assert.Equal(alone, Steps(new Contracts.Optimizers.Adam(), torch.float32, elements));
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    private static double[] Steps(OptimizerSpec spec, torch.ScalarType type, int elements)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var generator = new torch.Generator(7, torch.CPU);
        var values = torch.randn(elements, generator: generator);
        using var weight = new Weight("layer/kernel", new WeightSpec("kernel", new Shape(elements), new Zeros()), trainable: true, values.to(type, copy: true).DetachFromDisposeScope());
        if (type == torch.float64)
            weight.Follow(torch.float64, torch.float64);
        using var parameters = new ParameterBuffer([weight], torch.CPU);
        using var optimizer = OptimizerTable.Build(spec, parameters);
        for (var step = 0; step < 4; step++)
        {
            weight.Value.grad!.copy_(torch.randn(elements, generator: generator));
            optimizer.Step();
        }
        return [.. weight.Value.detach().to(torch.float64).data<double>()];
    }
}
