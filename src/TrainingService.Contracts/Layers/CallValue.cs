using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>One argument of a call: tensors, lists and dicts of them, and plain values.</summary>
public abstract record CallValue
{
    /// <summary>No argument: Python's <c>None</c>.</summary>
    public static CallValue None { get; } = new CallConstant(null);

    /// <summary>Numbers of the tensors inside, in Keras's order of flattening.</summary>
    public IEnumerable<int> Tensors() => Leaves().OfType<CallTensor>().Select(tensor => tensor.Index);

    /// <summary>What is inside when lists and dicts are opened, in order.</summary>
    public IEnumerable<CallValue> Leaves() => this switch
    {
        CallList list => list.Items.SelectMany(item => item.Leaves()),
        CallTable table => table.Items.SelectMany(item => item.Value.Leaves()),
        _ => [this],
    };

    /// <summary>Paths of the leaves through dicts, <c>bounding_boxes/labels</c>, or null when there is no dict at the top.</summary>
    public IReadOnlyList<string>? Paths() => this is CallTable table ? [.. PathsOf(table, "")] : null;

    /// <summary>The same argument with other numbers for its tensors.</summary>
    public CallValue Renumber(Func<int, int> number) => this switch
    {
        CallTensor tensor => new CallTensor(number(tensor.Index)),
        CallList list => new CallList([.. list.Items.Select(item => item.Renumber(number))]),
        CallTable table => new CallTable([.. table.Items.Select(item => KeyValuePair.Create(item.Key, item.Value.Renumber(number)))]),
        _ => this,
    };

    private static IEnumerable<string> PathsOf(CallValue value, string path) => value switch
    {
        CallTable table => table.Items.SelectMany(item => PathsOf(item.Value, path.Length == 0 ? item.Key : $"{path}/{item.Key}")),
        CallList list => list.Items.SelectMany((item, index) => PathsOf(item, $"{path}/{index}")),
        _ => [path],
    };
}

/// <summary>A tensor.</summary>
/// <param name="Index">Its number among the tensors of the call.</param>
public sealed record CallTensor(int Index) : CallValue;

/// <summary>A list or tuple.</summary>
/// <param name="Items">In order.</param>
public sealed record CallList(IReadOnlyList<CallValue> Items) : CallValue;

/// <summary>A dict, its keys in Keras's order of flattening (sorted).</summary>
/// <param name="Items">Keys and values.</param>
public sealed record CallTable(IReadOnlyList<KeyValuePair<string, CallValue>> Items) : CallValue;

/// <summary>A plain value: a bool, a long, a double, a text, or null.</summary>
/// <param name="Value">The value.</param>
public sealed record CallConstant(object? Value) : CallValue;

/// <summary>A slice of an axis: <c>start:stop:step</c>.</summary>
/// <param name="Start">First row; null for the first of all.</param>
/// <param name="Stop">First row that is left out; null for none.</param>
/// <param name="Step">Every so many; null for 1.</param>
public sealed record CallSlice(long? Start, long? Stop, long? Step) : CallValue;

/// <summary>Python's <c>...</c> in an index.</summary>
public sealed record CallEllipsis : CallValue;

/// <summary>An array that is part of the model.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Values">Its values, row by row.</param>
/// <param name="Dtype">Its dtype.</param>
public sealed record CallArray(Shape Shape, IReadOnlyList<double> Values, string Dtype) : CallValue;
