using System.Text.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Operations;

/// <summary>TensorFlow's functions in files of Keras 2, as the operations of Keras that do the same.</summary>
internal static class TensorFlowOperations
{
    /// <summary>Names of a function of TensorFlow: without its module, and as a node of a graph.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["add"] = "Add", ["addv2"] = "Add", ["subtract"] = "Subtract", ["sub"] = "Subtract", ["multiply"] = "Multiply", ["mul"] = "Multiply",
        ["truediv"] = "TrueDivide", ["divide"] = "TrueDivide", ["realdiv"] = "TrueDivide", ["floordiv"] = "FloorDivide", ["pow"] = "Power", ["mod"] = "Mod",
        ["maximum"] = "Maximum", ["minimum"] = "Minimum", ["equal"] = "Equal", ["not_equal"] = "NotEqual", ["notequal"] = "NotEqual", ["greater"] = "Greater",
        ["greater_equal"] = "GreaterEqual", ["less"] = "Less", ["less_equal"] = "LessEqual", ["logical_and"] = "LogicalAnd", ["logical_or"] = "LogicalOr",
        ["logical_not"] = "LogicalNot", ["abs"] = "Absolute", ["negative"] = "Negative", ["neg"] = "Negative", ["square"] = "Square", ["sqrt"] = "Sqrt",
        ["rsqrt"] = "Rsqrt", ["exp"] = "Exp", ["log"] = "Log", ["log1p"] = "Log1p", ["sin"] = "Sin", ["cos"] = "Cos", ["tanh"] = "Tanh", ["sigmoid"] = "Sigmoid",
        ["softplus"] = "Softplus", ["softmax"] = "Softmax", ["log_softmax"] = "LogSoftmax", ["relu"] = "Relu", ["relu6"] = "Relu6", ["elu"] = "Elu",
        ["selu"] = "Selu", ["gelu"] = "Gelu", ["silu"] = "Silu", ["swish"] = "Silu", ["leaky_relu"] = "LeakyRelu", ["softsign"] = "Softsign", ["sign"] = "Sign",
        ["floor"] = "Floor", ["ceil"] = "Ceil", ["round"] = "Round", ["erf"] = "Erf", ["reduce_mean"] = "Mean", ["mean"] = "Mean", ["reduce_sum"] = "Sum",
        ["sum"] = "Sum", ["reduce_max"] = "Max", ["max"] = "Max", ["reduce_min"] = "Min", ["min"] = "Min", ["reduce_prod"] = "Prod", ["argmax"] = "Argmax",
        ["argmin"] = "Argmin", ["reshape"] = "Reshape", ["expand_dims"] = "ExpandDims", ["expanddims"] = "ExpandDims", ["squeeze"] = "Squeeze",
        ["transpose"] = "Transpose", ["concat"] = "Concatenate", ["concatv2"] = "Concatenate", ["stack"] = "Stack", ["pack"] = "Stack", ["tile"] = "Tile",
        ["cast"] = "Cast", ["matmul"] = "Matmul", ["batchmatmulv2"] = "Matmul", ["clip_by_value"] = "Clip", ["one_hot"] = "OneHot", ["stop_gradient"] = "StopGradient",
        ["identity"] = "Identity", ["getitem"] = "GetItem", ["gather"] = "Take", ["where"] = "Where", ["pad"] = "Pad", ["squared_difference"] = "SquaredDifference",
        ["l2_normalize"] = "Normalize", ["zeros_like"] = "ZerosLike", ["ones_like"] = "OnesLike",
    };

    /// <summary>TensorFlow's names of parameters, as Keras has them.</summary>
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["y"] = "x2", ["b"] = "x2", ["shape"] = "newshape", ["keep_dims"] = "keepdims", ["perm"] = "axes", ["multiples"] = "repeats", ["depth"] = "num_classes",
        ["clip_value_min"] = "x_min", ["clip_value_max"] = "x_max", ["slice_spec"] = "key", ["paddings"] = "pad_width", ["features"] = "x", ["input"] = "x",
        ["dim"] = "axis",
    };

    /// <summary><c>TFOpLambda</c>: <c>tf.math.add</c> between layers, since TensorFlow 2.4.</summary>
    public static Operation OfLambda(JsonElement config)
    {
        var function = config.TryGetProperty("function", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        var name = function[(function.LastIndexOf('.') + 1)..];
        return new Operation("tensorflow", Names.GetValueOrDefault(name, function), new Dictionary<string, CallValue>());
    }

    /// <summary><c>TensorFlowOpLayer</c>: a node of a graph with its constants, TensorFlow 2.0 to 2.3.</summary>
    public static Operation OfNode(JsonElement config, CallValueReader values)
    {
        if (!config.TryGetProperty("node_def", out var node) || node.ValueKind != JsonValueKind.Object || !node.TryGetProperty("op", out var op) || op.ValueKind != JsonValueKind.String)
            return new Operation("tensorflow", "", new Dictionary<string, CallValue>());
        var function = Names.GetValueOrDefault(op.GetString()!.ToLowerInvariant(), op.GetString()!);
        var arguments = new Dictionary<string, CallValue>(StringComparer.Ordinal);
        if (config.TryGetProperty("constants", out var constants) && constants.ValueKind == JsonValueKind.Object && OperationTable.Find(function) is { } definition)
        {
            foreach (var constant in constants.EnumerateObject())
            {
                if (int.TryParse(constant.Name, out var place) && place > 0 && place < definition.Parameters.Count)
                    arguments[definition.Parameters[place]] = values.Read(constant.Value, "");
            }
        }
        if (node.TryGetProperty("attr", out var attributes) && attributes.ValueKind == JsonValueKind.Object
            && attributes.TryGetProperty("keep_dims", out var keep) && keep.ValueKind == JsonValueKind.Object && keep.TryGetProperty("b", out var flag))
        {
            arguments["keepdims"] = CallValueReader.Plain(flag);
        }
        return new Operation("tensorflow", function, arguments);
    }

    /// <summary>Keras's name of a parameter of TensorFlow's.</summary>
    public static string Parameter(Operation operation, string name) =>
        operation.CallParameters.Contains(name) ? name : Parameters.GetValueOrDefault(name, name);
}
