using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Regularizers;
using TrainingService.Engine.Constraints;
using TrainingService.Engine.Regularizers;
using static TorchSharp.torch;

namespace TrainingService.Conformance.Kinds;

/// <summary>Regularizers and constraints applied to the input.</summary>
internal static class PenaltyKinds
{
    public static void CheckRegularizer(ConformanceCase given) => Check(given, RegularizerTable.Find(given.Spec<RegularizerSpec>()));

    public static void CheckConstraint(ConformanceCase given) => Check(given, ConstraintTable.Find(given.Spec<ConstraintSpec>()));

    private static void Check(ConformanceCase given, Func<Tensor, Tensor> function)
    {
        var expected = given["expected"];
        var value = function(Tensors.Read(given["input"]));
        given.Close(expected.ValueKind == System.Text.Json.JsonValueKind.Object ? Tensors.Read(expected) : Tensors.ReadNested(expected, "float32"), value, "value");
    }
}
