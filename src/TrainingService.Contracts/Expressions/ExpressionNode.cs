namespace TrainingService.Contracts.Expressions;

/// <summary>One step of an expression; a step stands behind those it uses, so that a program is one loop and never a recursion.</summary>
/// <param name="Position">Place in the text, from 0.</param>
public abstract record ExpressionNode(int Position);

/// <summary>A number.</summary>
/// <param name="Value">Finite.</param>
/// <param name="Position">Place in the text, from 0.</param>
public sealed record ConstantNode(double Value, int Position) : ExpressionNode(Position);

/// <summary>A tensor that is given: <c>y_pred</c>, or a layer's input or weight.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Position">Place in the text, from 0.</param>
public sealed record InputNode(string Name, int Position) : ExpressionNode(Position);

/// <summary>A function of the table, or an operator, which stands for one.</summary>
/// <param name="Function">Which.</param>
/// <param name="Operands">Indexes of the steps it uses.</param>
/// <param name="Options">Axis and the like.</param>
/// <param name="Position">Place in the text, from 0.</param>
public sealed record CallNode(ExpressionFunction Function, IReadOnlyList<int> Operands, CallOptions Options, int Position) : ExpressionNode(Position);

/// <summary>A part of the last axis: <c>x[..., 0]</c> or <c>x[..., 1:3]</c>.</summary>
/// <param name="Operand">Index of the step it uses.</param>
/// <param name="Start">First index; negative counts from the end; null is the beginning.</param>
/// <param name="Stop">Index behind the last; null is the end.</param>
/// <param name="Step">1 or more.</param>
/// <param name="Single">Whether only <paramref name="Start"/> is taken and the axis goes away.</param>
/// <param name="Position">Place in the text, from 0.</param>
public sealed record IndexNode(int Operand, long? Start, long? Stop, long Step, bool Single, int Position) : ExpressionNode(Position);

/// <summary>What is given to a function by name.</summary>
/// <param name="Axes">The axes that it works along; null is all of them, or the function's own.</param>
/// <param name="KeepDims">Whether axes that go away leave a 1.</param>
/// <param name="Order">Of a norm: 1, 2 or infinity.</param>
/// <param name="Classes">Of <c>one_hot</c>.</param>
public sealed record CallOptions(IReadOnlyList<int>? Axes = null, bool KeepDims = false, double Order = 2, int? Classes = null)
{
    /// <summary>Nothing is given.</summary>
    public static CallOptions None { get; } = new();
}
