using System.Text.RegularExpressions;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Models;

/// <summary>Names for layers that have none, as Keras gives them: <c>conv2d</c>, <c>conv2d_1</c>.</summary>
public sealed partial class LayerNames
{
    private readonly Dictionary<string, int> _given = [];

    /// <summary>The layer's own name, or the next automatic one of its class.</summary>
    public string Of(LayerSpec spec)
    {
        if (spec.Name is { } own)
            return own;
        var name = SnakeCase(KerasKind.ClassName(spec.GetType()));
        var number = _given[name] = _given.GetValueOrDefault(name, -1) + 1;
        return number == 0 ? name : $"{name}_{number}";
    }

    /// <summary>Keras's snake case: <c>Conv2D</c> is <c>conv2d</c>, <c>MaxPooling2D</c> is <c>max_pooling2d</c>.</summary>
    public static string SnakeCase(string className) =>
        LowerThenUpper().Replace(AnyThenWord().Replace(className, "$1_$2"), "$1_$2").ToLowerInvariant();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex AnyThenWord();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex LowerThenUpper();
}
