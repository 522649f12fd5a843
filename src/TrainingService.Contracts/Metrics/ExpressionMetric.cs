using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>
/// A figure that its user writes down: the mean of an expression of <c>y_true</c> and <c>y_pred</c>, weighted by the samples' weights. The
/// language stands in Contracts/Expressions/README.md.
/// </summary>
/// <param name="Expression">A value per sample (and position), or one number per batch; a comparison counts 1 where it is true.</param>
/// <param name="Better">On the wire <c>direction</c>: whether larger (<c>up</c>) or smaller (<c>down</c>) is better. Default: null, neither.</param>
/// <param name="Parameters">Numbers that the expression names. Default: none.</param>
public sealed record ExpressionMetric(
    [StringLength(ExpressionLimits.Characters, MinimumLength = 1)] string Expression,
    [WireName("direction")] Direction? Better = null,
    [MaxLength(64)] IReadOnlyDictionary<string, double>? Parameters = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Better;

    /// <inheritdoc />
    public override void CheckFields()
    {
        ExpressionNames.Check(Parameters?.Keys ?? [], ExpressionLoss.Inputs, "parameters");
        Parse();
    }

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => ExpressionLoss.CheckTypes(Parse(), labels, output);

    /// <summary>The expression, read.</summary>
    /// <exception cref="SpecException">It is none.</exception>
    public TensorExpression Parse() => TensorExpression.Parse(Expression, ExpressionLoss.Inputs, Parameters);
}
