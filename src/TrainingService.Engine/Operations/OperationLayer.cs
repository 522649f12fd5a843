using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Layers;
using Specs = TrainingService.Contracts.Operations;

namespace TrainingService.Engine.Operations;

/// <summary>A function of <c>keras.ops</c> between the layers of a graph.</summary>
public sealed class OperationLayer(Specs.Operation spec, LayerContext context) : Layer(spec, context)
{
    private readonly Func<OperationArguments, torch.Tensor[]> _function = OperationFunctions.Find(spec.Function);
    private readonly Dictionary<string, torch.Tensor> _constants = [];

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call) =>
        [.. _function(new OperationArguments(spec, inputs, call, Constant)).Select(value => new KerasTensor(value))];

    /// <summary>A number or an array that is part of the model, made once.</summary>
    private torch.Tensor Constant(string name, CallValue value, torch.Device device)
    {
        if (_constants.TryGetValue(name, out var constant))
            return constant;
        using var scope = torch.NewDisposeScope();
        constant = value switch
        {
            CallConstant { Value: long number } => torch.tensor(number, device: device),
            CallConstant { Value: double number } => torch.tensor((float)number, device: device),
            CallConstant { Value: bool flag } => torch.tensor(flag, device: device),
            CallArray array => torch.tensor(array.Values.ToArray(), [.. array.Shape.Select(size => size!.Value)], dtype: torch.float64)
                .to(OperationArguments.Dtype(array.Dtype)).to(device),
            CallList list => torch.tensor(CallValues.Ints(list, name)!.ToArray(), device: device),
            _ => throw new NotSupportedException($"{name} is neither a tensor nor a number."),
        };
        return _constants[name] = constant.DetachFromDisposeScope();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var constant in _constants.Values)
            constant.Dispose();
    }
}

/// <summary>The arguments of one call of an operation.</summary>
internal sealed class OperationArguments(
    Specs.Operation operation, IReadOnlyList<KerasTensor> inputs, CallContext call, Func<string, CallValue, torch.Device, torch.Tensor> constant)
{
    /// <summary>The tensors of the first parameter.</summary>
    public torch.Tensor[] Inputs => [.. inputs.Select(input => input.Value)];

    /// <summary>The first parameter.</summary>
    public torch.Tensor X => inputs.Count > 0 ? inputs[0].Value : Tensor(operation.CallParameters[0]);

    public CallValue? Value(string name) =>
        call.Value(name) ?? (operation.Arguments.GetValueOrDefault(name) is { } value and not CallConstant { Value: null } ? value : null);

    /// <summary>A tensor, or a number or array as one.</summary>
    public torch.Tensor Tensor(string name) =>
        call.Tensor(name) ?? constant(name, Value(name) ?? throw new InvalidOperationException($"{operation.Function} has no argument {name}."), Device());

    public bool Flag(string name, bool fallback = false) => CallValues.Flag(Value(name), name, fallback);

    public double Number(string name, double fallback) => CallValues.Number(Value(name), name) ?? fallback;

    public int? Int(string name) => CallValues.Number(Value(name), name) is { } number ? (int)number : null;

    public long[]? Ints(string name) => CallValues.Ints(Value(name), name) is { } numbers ? [.. numbers] : null;

    public string? Text(string name) => Value(name) is CallConstant { Value: string text } ? text : null;

    /// <summary>What libtorch computes in for a dtype of Keras.</summary>
    public static torch.ScalarType Dtype(string dtype) => dtype switch
    {
        "bool" => torch.@bool,
        "float64" => torch.float32,
        _ when dtype.Contains("float", StringComparison.Ordinal) => torch.float32,
        _ => torch.int64,
    };

    private torch.Device Device() => inputs.Count > 0 ? inputs[0].Value.device : call.Value("x2") is CallTensor ? call.Tensor("x2")!.device : torch.CPU;
}
