using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A weight that an expression names.</summary>
/// <param name="Name">Letters, digits and '_'.</param>
/// <param name="Shape">Without a batch axis; every size known.</param>
/// <param name="Initializer">First values. Default: glorot_uniform.</param>
/// <param name="Trainable">Whether it is trained. Default: true.</param>
/// <param name="Regularizer">Penalty on its values. Default: none.</param>
/// <param name="Constraint">What its values must obey. Default: none.</param>
public sealed record ExpressionWeight(
    string Name, Shape Shape, InitializerSpec? Initializer = null, bool Trainable = true, RegularizerSpec? Regularizer = null, ConstraintSpec? Constraint = null);

/// <summary>
/// A layer that its user writes down: an expression of its input <c>x</c>, or of its inputs <c>x0</c>, <c>x1</c>, …, and of weights. The
/// language stands in Contracts/Expressions/README.md.
/// </summary>
/// <param name="Expression">The output, which has the batch axis: <c>x * sigmoid(beta * x)</c>.</param>
/// <param name="Parameters">Numbers that the expression names. Default: none.</param>
/// <param name="Variables">On the wire <c>weights</c>: weights that the expression names. Default: none.</param>
/// <remarks>Inputs of any shapes → output of the shape that the expression has for them.</remarks>
public sealed record ExpressionLayer(
    [StringLength(ExpressionLimits.Characters, MinimumLength = 1)] string Expression,
    [MaxLength(64)] IReadOnlyDictionary<string, double>? Parameters = null,
    [WireName("weights"), MaxLength(64)] IReadOnlyList<ExpressionWeight>? Variables = null) : LayerSpec
{
    private static readonly string[] Tensors = ["x", .. Enumerable.Range(0, ExpressionLimits.Inputs).Select(index => $"x{index}")];

    private IReadOnlyList<ExpressionWeight> Declared => Variables ?? [];

    /// <inheritdoc />
    public override void CheckFields()
    {
        ExpressionNames.Check(Parameters?.Keys ?? [], Tensors, "parameters");
        ExpressionNames.Check(Declared.Select(weight => weight.Name), [.. Tensors, .. Parameters?.Keys ?? []], "weights");
        foreach (var weight in Declared.Where(weight => weight.Shape.Any(size => size is null)))
            throw new SpecException($"expected every size of {weight.Name} to be known. Received: {weight.Shape}.", "weights");
        Parse();
    }

    /// <summary>The expression, read.</summary>
    /// <exception cref="SpecException">It is none.</exception>
    public TensorExpression Parse() => TensorExpression.Parse(Expression, [.. Tensors, .. Declared.Select(weight => weight.Name)], Parameters);

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var types = Declared.ToDictionary(weight => weight.Name, weight => new ExpressionType(weight.Shape, HasBatch: false, HasGradient: true));
        for (var index = 0; index < inputs.Count; index++)
            types[$"x{index}"] = new ExpressionType(inputs[index], HasBatch: true, HasGradient: true);
        if (inputs.Count == 1)
            types["x"] = types["x0"];
        var output = Parse().Check(types);
        return output.HasBatch
            ? [output.Shape]
            : throw new SpecException($"expected an output with the batch axis. Received: {output.Shape}, the same for every sample.", "expression");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call) =>
    [
        .. Declared.OrderByDescending(weight => weight.Trainable).Select(weight => new WeightSpec(
            weight.Name, weight.Shape, weight.Initializer ?? new GlorotUniform(), weight.Trainable, weight.Regularizer, weight.Constraint)),
    ];

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => Variables is null
        ? this
        : this with { Variables = [.. Variables.Select(weight => weight with { Initializer = weight.Initializer ?? new GlorotUniform() })] };
}
