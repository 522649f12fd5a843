using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Layers;

public sealed class ActivationTests
{
    [Theory]
    [InlineData("\"swish\"", Activation.Silu)]
    [InlineData("\"hard_swish\"", Activation.HardSilu)]
    [InlineData("\"leaky_relu\"", Activation.LeakyRelu)]
    [InlineData("\"relu6\"", Activation.Relu6)]
    [InlineData("\"log_softmax\"", Activation.LogSoftmax)]
    [InlineData("null", Activation.Linear)]
    [InlineData("""{"module": "builtins", "class_name": "function", "config": "hard_sigmoid", "registered_name": "function"}""", Activation.HardSigmoid)]
    [InlineData("""{"module": "keras.activations", "class_name": "function", "config": "gelu", "registered_name": "gelu"}""", Activation.Gelu)]
    public void A_function_is_read_as_Keras_writes_it(string json, Activation expected)
    {
        var layer = ContractsJson.TryRead<LayerSpec>(Samples.Raw($$"""{"class_name": "Dense", "config": {"units": 2, "activation": {{json}} } }"""), out var violations);
        Assert.Empty(violations);
        Assert.Equal(expected, Assert.IsType<Dense>(layer).Activation);
    }

    [Fact]
    public void Only_glu_changes_the_shape()
    {
        foreach (var activation in Enum.GetValues<Activation>().Except([Activation.Glu]))
            Assert.Equal(new Shape(null, 6), Activated.Shape(activation, new Shape(null, 6)));
        Assert.Equal(new Shape(null, 3), Activated.Shape(Activation.Glu, new Shape(null, 6)));
        Assert.Throws<SpecException>(() => Activated.Shape(Activation.Glu, new Shape(null, 5)));
    }
}
