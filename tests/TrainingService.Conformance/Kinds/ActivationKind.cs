using System.Text.Json;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Activations;
using static TorchSharp.torch;

namespace TrainingService.Conformance.Kinds;

/// <summary>An activation function, with the arguments that the case names, applied to the input.</summary>
internal static class ActivationKind
{
    private static readonly Dictionary<string, Func<Tensor, Arguments, Tensor>> WithArguments = new()
    {
        ["relu"] = (x, given) => ActivationFunctions.Relu(x, given.Number("negative_slope", 0)!.Value, given.Number("max_value", null), given.Number("threshold", 0)!.Value),
        ["leaky_relu"] = (x, given) => ActivationFunctions.LeakyRelu(x, given.Number("negative_slope", 0.2)!.Value),
        ["elu"] = (x, given) => ActivationFunctions.Elu(x, given.Number("alpha", 1)!.Value),
        ["celu"] = (x, given) => ActivationFunctions.Celu(x, given.Number("alpha", 1)!.Value),
        ["gelu"] = (x, given) => ActivationFunctions.Gelu(x, given.Flag("approximate")),
        ["glu"] = (x, given) => ActivationFunctions.Glu(x, given.Axis()),
        ["softmax"] = (x, given) => ActivationFunctions.Softmax(x, given.Axis()),
        ["log_softmax"] = (x, given) => ActivationFunctions.LogSoftmax(x, given.Axis()),
        ["sparsemax"] = (x, given) => ActivationFunctions.Sparsemax(x, given.Axis()),
        ["squareplus"] = (x, given) => ActivationFunctions.Squareplus(x, given.Number("b", 4)!.Value),
        ["hard_shrink"] = (x, given) => ActivationFunctions.HardShrink(x, given.Number("threshold", 0.5)!.Value),
        ["soft_shrink"] = (x, given) => ActivationFunctions.SoftShrink(x, given.Number("threshold", 0.5)!.Value),
        ["threshold"] = (x, given) => ActivationFunctions.Threshold(x, given.Number("threshold", null)!.Value, given.Number("default_value", null)!.Value),
    };

    public static void Check(ConformanceCase given)
    {
        var name = given["function"].GetString()!;
        var x = Tensors.Read(given["input"]);
        var y = given.Has("arguments", out var json) && json.EnumerateObject().Any() ? Apply(name, x, new Arguments(json)) : ActivationTable.Find(Named(name))(x);
        given.Close(Tensors.Read(given["expected"]), y, name);
    }

    private static Tensor Apply(string name, Tensor x, Arguments arguments)
    {
        if (!WithArguments.TryGetValue(name, out var function))
            throw new DifferenceException($"{name} takes no arguments.");
        var y = function(x, arguments);
        arguments.CheckAllRead(name);
        return y;
    }

    /// <summary>The function that a layer's <c>"activation": name</c> stands for.</summary>
    private static Activation Named(string name)
    {
        var json = JsonSerializer.SerializeToElement(name);
        var activation = ContractsJson.TryRead<Holder>(JsonSerializer.SerializeToElement(new { activation = json }), out var violations);
        return violations.Count == 0 ? activation!.Activation : throw new DifferenceException(violations[0].Message);
    }

    private sealed record Holder(Activation Activation);

    private sealed class Arguments(JsonElement json)
    {
        private readonly HashSet<string> _read = [];

        public double? Number(string name, double? fallback) => Find(name) is { } value ? Tensors.Number(value) : fallback;

        public bool Flag(string name) => Find(name)?.GetBoolean() ?? false;

        public int Axis() => Find("axis")?.GetInt32() ?? -1;

        public void CheckAllRead(string function)
        {
            foreach (var argument in json.EnumerateObject().Where(argument => !_read.Contains(argument.Name)))
                throw new DifferenceException($"{function} takes no argument {argument.Name}.");
        }

        private JsonElement? Find(string name)
        {
            _read.Add(name);
            return json.Has(name, out var value) ? value : null;
        }
    }
}
