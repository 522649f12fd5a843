using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Engine.Activations;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Activations;

[Collection(TrainingCollection.Name)]
public class ActivationConformanceTests
{
    public static TheoryData<string> Cases => Keras.Ids("activations");

    [Theory, MemberData(nameof(Cases))]
    public void An_activation_has_the_values_that_Keras_computes(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("activations", id);
        var name = item.GetProperty("function").GetString()!;
        var activation = name == "swish" ? Activation.Silu : Enum.Parse<Activation>(name, ignoreCase: true);

        var y = ActivationTable.Find(activation)(Keras.Tensor(item.GetProperty("input")));

        Keras.Close(item, Keras.Tensor(item.GetProperty("expected")), y, name);
    }
}
