using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Operations;

/// <summary>
/// A function of <c>keras.ops</c> in a graph: Keras 3 writes <c>x * 2</c> between layers as an entry <c>Multiply</c> of the module
/// <c>keras.src.ops.numpy</c>. <see cref="OperationTable"/> lists those that are computed.
/// </summary>
/// <param name="Module">Keras's module: <c>keras.src.ops.numpy</c>.</param>
/// <param name="Function">Keras's class: <c>Multiply</c>.</param>
/// <param name="Arguments">Arguments that every call has: <c>axis</c>, <c>keepdims</c>.</param>
public sealed record Operation(string Module, string Function, IReadOnlyDictionary<string, CallValue> Arguments) : LayerSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => Definition.Parameters;

    private OperationDefinition Definition =>
        OperationTable.Find(Function) ?? throw new SpecException($"no operation is called {Function}.");

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call) => Definition.Shapes(new OperationCall(this, inputs, call));

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call) => [];
}

/// <summary>One call of an operation as its shape rule sees it.</summary>
/// <param name="operation">The operation.</param>
/// <param name="inputs">Shapes of the tensors of the first parameter.</param>
/// <param name="call">The other arguments.</param>
internal sealed class OperationCall(Operation operation, IReadOnlyList<Shape> inputs, CallSpec call)
{
    private static readonly Shape Scalar = new(Array.Empty<long?>());

    public IReadOnlyList<Shape> Inputs { get; } = inputs;

    /// <summary>Shape of the first parameter: the tensor's, or that of a plain number.</summary>
    public Shape First => Inputs.Count > 0 ? Inputs[0] : Shape(operation.CallParameters[0]);

    /// <summary>Shape of another parameter, whether it is a tensor, an array or a plain number.</summary>
    public Shape Shape(string name) => Value(name) switch
    {
        CallTensor => call.Shape(name)!,
        CallArray array => array.Shape,
        CallConstant { Value: not null and not string } => Scalar,
        _ => throw new SpecException($"expected a tensor or a number as {name}."),
    };

    public CallValue? Value(string name) => call.Value(name) ?? (operation.Arguments.GetValueOrDefault(name) is { } value and not CallConstant { Value: null } ? value : null);

    public bool Flag(string name) => CallValues.Flag(Value(name), name, false);

    public int? Int(string name) => CallValues.Number(Value(name), name) is { } number ? (int)number : null;

    /// <summary>Whole numbers: one, or a list; null when there is none.</summary>
    public IReadOnlyList<long>? Ints(string name) => CallValues.Ints(Value(name), name);

    public int Axis(string name, int fallback, int rank) => AxisNumbers.Of(Int(name) ?? fallback, rank, name);
}
