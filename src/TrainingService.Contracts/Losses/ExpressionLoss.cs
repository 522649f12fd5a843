using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>A loss that its user writes down: an expression of <c>y_true</c> and <c>y_pred</c>. The language stands in Contracts/Expressions/README.md.</summary>
/// <param name="Expression">A value per sample (and position), or one number: <c>mean(square(y_true - y_pred), axis=-1)</c>.</param>
/// <param name="Parameters">Numbers that the expression names. Default: none.</param>
public sealed record ExpressionLoss(
    [StringLength(ExpressionLimits.Characters, MinimumLength = 1)] string Expression,
    [MaxLength(64)] IReadOnlyDictionary<string, double>? Parameters = null) : LossSpec
{
    internal static readonly string[] Inputs = ["y_true", "y_pred"];

    /// <inheritdoc />
    public override void CheckFields()
    {
        ExpressionNames.Check(Parameters?.Keys ?? [], Inputs, "parameters");
        Parse();
    }

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        var type = CheckTypes(Parse(), labels, output);
        if (!type.HasGradient)
            throw new SpecException("expected an expression through which a gradient reaches y_pred. Received: one of y_true, comparisons or steps alone.", "expression");
    }

    /// <summary>The expression, read.</summary>
    /// <exception cref="SpecException">It is none.</exception>
    public TensorExpression Parse() => TensorExpression.Parse(Expression, Inputs, Parameters);

    /// <summary>The type of an expression of labels and outputs, which is a value per sample or one number.</summary>
    internal static ExpressionType CheckTypes(TensorExpression expression, Shape labels, Shape output)
    {
        (labels, output) = ShapeRule.MatchRanks(labels, output);
        var type = expression.Check(new Dictionary<string, ExpressionType>
        {
            ["y_true"] = new(labels, HasBatch: true), ["y_pred"] = new(output, HasBatch: true, HasGradient: true),
        });
        return type.HasBatch || type.Shape.Rank == 0
            ? type
            : throw new SpecException($"expected a value per sample, or one number. Received: {type.Shape}, without the batch axis.", "expression");
    }
}
