using TorchSharp;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Optimizers;

[Collection(TrainingCollection.Name)]
public class OptimizerConformanceTests
{
    public static TheoryData<string> Cases => Keras.Ids("optimizers");

    [Theory, MemberData(nameof(Cases))]
    public void An_optimizer_moves_the_weights_as_Keras_does(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("optimizers", id);
        var weights = item.GetProperty("initial").EnumerateArray().Select((json, index) => Weight(Keras.Tensor(json), $"w/{index}")).ToList();
        using var parameters = new ParameterBuffer(weights, torch.CPU);
        using var optimizer = OptimizerTable.Build(Keras.Spec<OptimizerSpec>(item), parameters);

        var number = 0;
        foreach (var step in item.GetProperty("steps").EnumerateArray())
        {
            number++;
            foreach (var (weight, gradient) in weights.Zip(step.GetProperty("gradients").EnumerateArray()))
                weight.Value.grad!.copy_(Keras.Tensor(gradient));
            optimizer.Step();
            foreach (var (weight, expected) in weights.Zip(step.GetProperty("expected").EnumerateArray()))
                Keras.Close(item, Keras.Tensor(expected), weight.Value, $"{weight.Path} after step {number}", step);
        }
        weights.ForEach(weight => weight.Dispose());
    }

    /// <summary>A matrix lies transposed in memory, as a layer's kernel does.</summary>
    private static Weight Weight(torch.Tensor values, string path) => new(
        path, new WeightSpec("kernel", new Shape(values.shape.Select(size => (long?)size)), new Zeros()), trainable: true, values,
        values.dim() == 2 ? [1, 0] : null);
}
