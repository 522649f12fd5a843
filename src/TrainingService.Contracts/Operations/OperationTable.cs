using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Operations;

/// <summary>The operations of <c>keras.ops</c> that a graph may use, and their shape rules.</summary>
public static class OperationTable
{
    /// <summary>Value by value: the output has the input's shape.</summary>
    private static readonly string[] Unary =
    [
        "Absolute", "Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctanh", "Ceil", "Copy", "Cos", "Cosh", "Elu", "Erf", "Exp", "Exp2", "Expm1",
        "Floor", "Gelu", "HardSigmoid", "HardSilu", "HardTanh", "Identity", "Isfinite", "Isinf", "Isnan", "LeakyRelu", "Log", "Log10", "Log1p", "Log2",
        "LogSigmoid", "LogSoftmax", "LogicalNot", "Negative", "Normalize", "OnesLike", "Reciprocal", "Relu", "Relu6", "Round", "Rsqrt", "Selu", "Sigmoid",
        "Sign", "Silu", "Sin", "Sinh", "Softmax", "Softplus", "Softsign", "Sqrt", "Square", "StopGradient", "Tan", "Tanh", "Trunc", "ZerosLike", "Cast",
        "Clip", "Cumsum", "Cumprod", "Flip", "Roll", "Tril", "Triu", "Sort", "Argsort", "Celu", "TanhShrink", "SoftShrink", "HardShrink", "Squareplus",
    ];

    /// <summary>Value by value over two tensors, broadcast.</summary>
    private static readonly string[] Binary =
    [
        "Add", "Subtract", "Multiply", "Divide", "TrueDivide", "DivideNoNan", "FloorDivide", "Power", "Maximum", "Minimum", "Mod", "Arctan2", "Equal", "NotEqual",
        "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr", "LogicalXor", "SquaredDifference",
    ];

    /// <summary>One value out of many.</summary>
    private static readonly string[] Reductions = ["Mean", "Sum", "Max", "Min", "Amax", "Amin", "Prod", "Var", "Std", "Any", "All", "Logsumexp"];

    private static readonly Dictionary<string, OperationDefinition> Table = Create();

    /// <summary>Keras's class names of all operations.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    internal static OperationDefinition? Find(string name) => Table.GetValueOrDefault(name);

    private static Dictionary<string, OperationDefinition> Create()
    {
        var table = new Dictionary<string, OperationDefinition>(StringComparer.Ordinal);
        string[] settings = ["axis", "negative_slope", "alpha", "approximate", "dtype", "x_min", "x_max", "decimals", "order", "epsilon", "shift", "k", "threshold", "b"];
        foreach (var name in Unary)
            table[name] = new(name == "StopGradient" ? ["variable"] : ["x", .. settings], call => [call.First]);
        foreach (var name in Binary)
            table[name] = new(["x1", "x2"], call => [OperationShapes.Broadcast(call.First, call.Shape("x2"))]);
        foreach (var name in Reductions)
            table[name] = new(["x", "axis", "keepdims", "initial", "dtype"], OperationShapes.Reduce);
        Add(["Argmax", "Argmin"], ["x", "axis", "keepdims"], OperationShapes.Arg);
        Add(["Reshape"], ["x", "newshape"], OperationShapes.Reshape);
        Add(["Ravel"], ["x"], call => [new Shape((long?)call.First.Elements)]);
        Add(["ExpandDims"], ["x", "axis"], OperationShapes.ExpandDims);
        Add(["Squeeze"], ["x", "axis"], OperationShapes.Squeeze);
        Add(["Transpose"], ["x", "axes"], OperationShapes.Transpose);
        Add(["Swapaxes"], ["x", "axis1", "axis2"], OperationShapes.Swapaxes);
        Add(["Moveaxis"], ["x", "source", "destination"], OperationShapes.Moveaxis);
        Add(["Concatenate"], ["xs", "axis"], OperationShapes.Concatenate);
        Add(["Stack"], ["x", "axis"], OperationShapes.Stack);
        Add(["Split"], ["x", "indices_or_sections", "axis"], OperationShapes.Split);
        Add(["Unstack"], ["x", "num", "axis"], OperationShapes.Unstack);
        Add(["Repeat"], ["x", "repeats", "axis"], OperationShapes.Repeat);
        Add(["Tile"], ["x", "repeats"], OperationShapes.Tile);
        Add(["BroadcastTo"], ["x", "shape"], OperationShapes.BroadcastTo);
        Add(["Pad"], ["x", "constant_values", "pad_width", "mode"], OperationShapes.Pad);
        Add(["GetItem"], ["x", "key"], OperationSlices.Shape);
        Add(["Take"], ["x", "indices", "axis"], OperationShapes.Take);
        Add(["OneHot"], ["x", "num_classes", "axis", "dtype", "sparse"], OperationShapes.OneHot);
        Add(["Where"], ["condition", "x1", "x2"], call => [OperationShapes.Broadcast(call.First, OperationShapes.Broadcast(call.Shape("x1"), call.Shape("x2")))]);
        Add(["Matmul"], ["x1", "x2"], OperationShapes.Matmul);
        return table;

        void Add(string[] names, string[] parameters, Func<OperationCall, IReadOnlyList<Shape>> shapes)
        {
            foreach (var name in names)
                table[name] = new(parameters, shapes);
        }
    }
}
