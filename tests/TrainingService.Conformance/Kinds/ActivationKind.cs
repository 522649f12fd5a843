using TrainingService.Contracts.Activations;
using TrainingService.Engine.Activations;

namespace TrainingService.Conformance.Kinds;

/// <summary>An activation function applied to the input.</summary>
internal static class ActivationKind
{
    public static void Check(ConformanceCase given)
    {
        var name = given["function"].GetString()!;
        if (!Enum.TryParse<Activation>(name, ignoreCase: true, out var activation))
            throw new DifferenceException($"no activation is called {name}.");

        var y = ActivationTable.Find(activation)(Tensors.Read(given["input"]));

        given.Close(Tensors.Read(given["expected"]), y, name);
    }
}
