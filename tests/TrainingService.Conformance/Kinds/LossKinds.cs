using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Losses;
using TrainingService.Engine.Losses;

namespace TrainingService.Conformance.Kinds;

/// <summary>Losses as objects, reduced and weighted, and as plain functions.</summary>
internal static class LossKinds
{
    public static void CheckLoss(ConformanceCase given)
    {
        var weight = given.Has("sample_weight", out var weighed) ? Tensors.ReadNested(weighed, "float32") : null;
        var mask = given.Has("mask", out var masked) ? Tensors.ReadNested(masked, "bool") : null;

        var value = LossTable.Build(given.Spec<LossSpec>()).Call(Labels(given), Outputs(given), weight, mask);

        given.Close(Tensors.ReadNested(given["expected"], "float32"), value, "loss");
    }

    public static void CheckFunction(ConformanceCase given)
    {
        var json = $$"""{"class_name": {{given["function"].GetRawText()}}, "config": {{given["arguments"].GetRawText()}} }""";
        var loss = LossTable.Build(ConformanceCase.Read<LossSpec>(JsonDocument.Parse(json).RootElement));

        var values = loss.Values(Labels(given), Outputs(given)).PerSample;

        given.Close(Tensors.ReadNested(given["expected"], "float32"), values, "value");
    }

    private static torch.Tensor Labels(ConformanceCase given) => Tensors.ReadNested(given["y_true"], given["y_true_dtype"].GetString()!);

    private static torch.Tensor Outputs(ConformanceCase given) => Tensors.ReadNested(given["y_pred"], given["y_pred_dtype"].GetString()!);
}
