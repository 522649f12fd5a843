using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Layers;

/// <summary>One call of a layer, small enough for gradients by differences.</summary>
/// <param name="Spec">The layer.</param>
/// <param name="Inputs">Shapes of the tensors of its first parameter.</param>
public sealed record LayerSample(LayerSpec Spec, params IReadOnlyList<Shape> Inputs)
{
    /// <summary>Other arguments that are tensors: name and shape.</summary>
    public IReadOnlyList<(string Name, Shape Shape)> Named { get; init; } = [];

    /// <summary>Other arguments that are plain values: name and value.</summary>
    public IReadOnlyList<(string Name, object Value)> Plain { get; init; } = [];

    /// <summary>Inputs are whole numbers from 0 to below this; null: any numbers.</summary>
    public int? Below { get; init; }

    /// <summary>Whether the output is a differentiable function of inputs and weights, as far as autograd says so.</summary>
    public bool IsDifferentiable { get; init; } = true;

    /// <summary>Whether it computes in bfloat16.</summary>
    public bool InBfloat16 { get; init; } = true;

    /// <summary>Whether the layer computes on tensors at all; text layers do not.</summary>
    public bool OnTensors { get; init; } = true;

    /// <summary>How the layer is called.</summary>
    public CallForm Form()
    {
        var first = Inputs.Count == 1 ? (CallValue)new CallTensor(0) : new CallList([.. Inputs.Select((_, index) => new CallTensor(index))]);
        var named = Named.Select((argument, index) => KeyValuePair.Create(argument.Name, (CallValue)new CallTensor(Inputs.Count + index)));
        var plain = Plain.Select(argument => KeyValuePair.Create(argument.Name, (CallValue)new CallConstant(argument.Value)));
        return CallForm.Bind(Spec.CallParameters, [first], new Dictionary<string, CallValue>(named.Concat(plain)), out _);
    }

    /// <summary>Shapes of all tensors of the call.</summary>
    public IReadOnlyList<Shape> Shapes => [.. Inputs, .. Named.Select(argument => argument.Shape)];

    /// <inheritdoc />
    public override string ToString() => $"{KerasKind.ClassName(Spec.GetType())} {string.Join(" ", Inputs)}";
}
