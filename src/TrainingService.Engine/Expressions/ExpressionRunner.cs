using TrainingService.Contracts.Expressions;
using static TorchSharp.torch;

namespace TrainingService.Engine.Expressions;

/// <summary>Computes an expression with libtorch's operations, which differentiate it: one loop over its steps.</summary>
/// <param name="expression">The expression, read.</param>
public sealed class ExpressionRunner(TensorExpression expression)
{
    private readonly Func<CallArguments, Tensor>[] _operations =
        [.. expression.Nodes.Select(node => node is CallNode call ? ExpressionOperations.Find(call.Function.Name) : _ => throw new InvalidOperationException($"{node} is no call."))];

    /// <summary>The functions that are covered.</summary>
    public static IReadOnlyCollection<string> Functions => ExpressionOperations.Names;

    /// <summary>The expression's value; what is true counts 1.</summary>
    /// <param name="inputs">The given tensors by name.</param>
    /// <param name="like">Says in which type and on which device to compute.</param>
    public Tensor Run(IReadOnlyDictionary<string, Tensor> inputs, Tensor like)
    {
        var values = new Operand[expression.Nodes.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = expression.Nodes[index] switch
            {
                ConstantNode constant => new Operand(null, constant.Value),
                InputNode input => new Operand(inputs[input.Name]),
                IndexNode part => new Operand(Part(part, values[part.Operand].AsTensor(like))),
                var node => new Operand(_operations[index](new CallArguments((CallNode)node, values, like))),
            };
        }
        return values[^1].AsNumber(like);
    }

    private static Tensor Part(IndexNode index, Tensor values)
    {
        if (index.Single)
            return values.select(-1, index.Start!.Value);
        var size = values.size(-1);
        return values.slice(-1, Place(index.Start ?? 0, size), Place(index.Stop ?? size, size), index.Step);
    }

    private static long Place(long index, long size) => Math.Clamp(index < 0 ? index + size : index, 0, size);
}

/// <summary>A value while an expression is computed: a tensor, or a number that is none yet.</summary>
/// <param name="Tensor">The tensor, or null.</param>
/// <param name="Number">The number where there is no tensor.</param>
internal readonly record struct Operand(Tensor? Tensor, double Number = 0)
{
    public Tensor AsTensor(Tensor like) => Tensor ?? full([], Number, like.dtype, like.device);

    /// <summary>A truth becomes 0 or 1.</summary>
    public Tensor AsNumber(Tensor like)
    {
        var tensor = AsTensor(like);
        return tensor.dtype == ScalarType.Bool ? tensor.to(like.dtype) : tensor;
    }
}

/// <summary>What a function is called with.</summary>
/// <param name="call">The call.</param>
/// <param name="values">The steps' values so far.</param>
/// <param name="like">Says in which type and on which device to compute.</param>
internal readonly struct CallArguments(CallNode call, Operand[] values, Tensor like)
{
    public CallOptions Options => call.Options;

    public int Count => call.Operands.Count;

    public Tensor Like => like;

    /// <summary>An operand as numbers.</summary>
    public Tensor this[int operand] => values[call.Operands[operand]].AsNumber(like);

    /// <summary>An operand as it is, true or false where it is a truth.</summary>
    public Tensor Raw(int operand) => values[call.Operands[operand]].AsTensor(like);

    /// <summary>An operand that is a plain number, or null.</summary>
    public double? Number(int operand) => values[call.Operands[operand]] is { Tensor: null } value ? value.Number : null;

    /// <summary>The one axis that the function works along.</summary>
    public int Axis => Options.Axes?[0] ?? -1;

    /// <summary>The axes that go away.</summary>
    public long[] Axes(Tensor values) => [.. Options.Axes?.Select(axis => (long)axis) ?? Enumerable.Range(0, (int)values.dim()).Select(axis => (long)axis)];
}
