using TorchSharp;
using TrainingService.Contracts.Losses;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Losses;

[Collection(TrainingCollection.Name)]
public class LossConformanceTests
{
    public static TheoryData<string> Cases => Keras.Ids("losses");

    [Theory, MemberData(nameof(Cases))]
    public void A_loss_has_the_value_that_Keras_computes(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("losses", id);
        var labels = Keras.Nested(item.GetProperty("y_true"), item.GetProperty("y_true_dtype").GetString()!);
        var outputs = Keras.Nested(item.GetProperty("y_pred"), item.GetProperty("y_pred_dtype").GetString()!);
        var weight = Keras.Has(item, "sample_weight", out var given) ? Keras.Nested(given, "float32") : null;
        var mask = Keras.Has(item, "mask", out var masked) ? Keras.Nested(masked, "bool") : null;

        var value = LossTable.Build(Keras.Spec<LossSpec>(item)).Call(labels, outputs, weight, mask);

        Keras.Close(item, Keras.Nested(item.GetProperty("expected"), "float32"), value, "loss");
    }
}
