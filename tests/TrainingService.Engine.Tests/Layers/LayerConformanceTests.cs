using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Layers;

[Collection(TrainingCollection.Name)]
public class LayerConformanceTests
{
    public static TheoryData<string> Cases => Keras.Ids("layers");

    [Theory, MemberData(nameof(Cases))]
    public void A_layer_computes_what_Keras_computes(string id)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var item = Keras.Case("layers", id);
        var spec = Keras.Spec<LayerSpec>(item);
        var x = Keras.Tensor(item.GetProperty("args")[0]);
        var training = Keras.Has(item.GetProperty("kwargs"), "training", out var flag) && flag.GetBoolean();
        var shape = new Shape(x.shape.Select(size => (long?)size));
        using var layer = LayerTable.Build(spec, new LayerContext("layer", shape, spec.Trainable, new RandomStreams(1), torch.CPU));
        var given = item.GetProperty("weights").EnumerateArray().ToList();
        Assert.Equal(given.Select(weight => weight.GetProperty("path").GetString()), layer.Weights.Select(weight => weight.Name));
        foreach (var (weight, values) in layer.Weights.Zip(given))
            weight.Assign(Keras.Tensor(values));

        var y = layer.Call(x, training);

        Assert.True(layer.OutputShape.IsCompatibleWith(new Shape(y.shape.Select(size => (long?)size))), $"{layer.OutputShape} was promised");
        Keras.Close(item, Keras.Tensor(item.GetProperty("expected")), y, "output");
        if (Keras.Has(item, "weights_after", out var after))
        {
            foreach (var (weight, values) in layer.Weights.Zip(after.EnumerateArray()))
                Keras.Close(item, Keras.Tensor(values), weight.Value, weight.Name);
        }
    }
}
