namespace TrainingService.Contracts.Expressions;

/// <summary>How a function's result gets its shape.</summary>
public enum FunctionForm
{
    /// <summary>Each element for itself; operands are broadcast.</summary>
    Elementwise,

    /// <summary>Each element for itself, giving true or false.</summary>
    Comparison,

    /// <summary>Truths in, a truth out.</summary>
    Logical,

    /// <summary>Axes go away.</summary>
    Reduction,

    /// <summary>Truths along axes become one truth.</summary>
    LogicalReduction,

    /// <summary>One axis goes away and leaves an index.</summary>
    IndexReduction,

    /// <summary>The shape stays; values look at their neighbours along an axis.</summary>
    AlongAxis,

    /// <summary>Two operands are multiplied and summed along an axis.</summary>
    Dot,

    /// <summary>Rows by columns.</summary>
    MatMul,

    /// <summary>Class numbers become rows of zeros and a one.</summary>
    OneHot,
}

/// <summary>A function of the language.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Form">How its result gets its shape.</param>
/// <param name="MinOperands">Fewest operands.</param>
/// <param name="MaxOperands">Most operands.</param>
/// <param name="Differentiable">Whether a gradient passes through it.</param>
/// <param name="Fold">What it makes of numbers; null where it is not computed beforehand.</param>
public sealed record ExpressionFunction(
    string Name, FunctionForm Form, int MinOperands, int MaxOperands, bool Differentiable, Func<double[], double>? Fold);
