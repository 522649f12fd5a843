using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>Expressions over rows: what <c>map</c> and <c>filter</c> compute of tensors whose first axis is the rows'.</summary>
public static class RowExpression
{
    /// <summary>The shape of what is computed row by row.</summary>
    /// <param name="expression">The text.</param>
    /// <param name="inputs">Shapes with a batch axis, by name.</param>
    /// <exception cref="SpecException">The text is no expression, a step cannot take its input, or all rows give one value together.</exception>
    public static Shape OutputShape(string expression, IReadOnlyDictionary<string, Shape> inputs)
    {
        var output = Check(expression, inputs);
        return output.HasBatch
            ? output.Shape
            : throw new SpecException($"expected a value per row. Received: {output.Shape}, one for all rows together; mean(x, axis=-1) keeps rows apart.", "expression");
    }

    /// <summary>Checks that an expression says yes or no for every row.</summary>
    /// <param name="expression">The text.</param>
    /// <param name="inputs">Shapes with a batch axis, by name.</param>
    /// <exception cref="SpecException">It does not.</exception>
    public static void CheckCondition(string expression, IReadOnlyDictionary<string, Shape> inputs)
    {
        var output = Check(expression, inputs);
        if (!output.HasBatch || output.Shape.ElementsPerSample != 1)
            throw new SpecException($"expected one truth per row. Received: {output.Shape}; any(…, axis=-1) and all(…, axis=-1) make one of several.", "expression");
        if (!output.IsTruth)
            throw new SpecException("expected true or false per row, such as label < 5. Received: a number.", "expression");
    }

    /// <summary>The expression, read.</summary>
    /// <param name="expression">The text.</param>
    /// <param name="names">What it may name.</param>
    /// <exception cref="SpecException">The text is no expression.</exception>
    public static TensorExpression Parse(string expression, IReadOnlyCollection<string> names) => TensorExpression.Parse(expression, names);

    private static ExpressionType Check(string expression, IReadOnlyDictionary<string, Shape> inputs)
    {
        try
        {
            return Parse(expression, [.. inputs.Keys]).Check(inputs.ToDictionary(input => input.Key, input => new ExpressionType(input.Value, HasBatch: true)));
        }
        catch (SpecException broken)
        {
            throw new SpecException(broken.Message, "expression");
        }
    }
}
