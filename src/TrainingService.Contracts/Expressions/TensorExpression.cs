using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Expressions;

/// <summary>An expression that was read: its steps in the order in which they are computed. The grammar stands in this folder's README.</summary>
public sealed class TensorExpression
{
    private TensorExpression(IReadOnlyList<ExpressionNode> nodes) => Nodes = nodes;

    /// <summary>The steps; the last is the result.</summary>
    public IReadOnlyList<ExpressionNode> Nodes { get; }

    /// <summary>Names of the given tensors that it uses.</summary>
    public IEnumerable<string> Inputs => Nodes.OfType<InputNode>().Select(node => node.Name).Distinct();

    /// <summary>Reads a text.</summary>
    /// <param name="text">1 to 4,096 characters.</param>
    /// <param name="inputs">Names of the tensors that may be given.</param>
    /// <param name="parameters">Numbers by name; null for none.</param>
    /// <exception cref="SpecException">The text is no expression: the message says at which character, what was expected and what came.</exception>
    public static TensorExpression Parse(string text, IReadOnlyCollection<string> inputs, IReadOnlyDictionary<string, double>? parameters = null)
    {
        if (text.Length > ExpressionLimits.Characters)
            throw ExpressionError.At(ExpressionLimits.Characters, $"expected at most {ExpressionLimits.Characters} characters. Received: {text.Length}.");
        return new TensorExpression(new ExpressionParser(text, inputs, parameters ?? new Dictionary<string, double>()).Parse());
    }

    /// <summary>What the expression makes of tensors of these shapes.</summary>
    /// <param name="inputs">Every input's type by its name.</param>
    /// <returns>The result's type.</returns>
    /// <exception cref="SpecException">A step cannot take what it is given: the message says at which character.</exception>
    public ExpressionType Check(IReadOnlyDictionary<string, ExpressionType> inputs) => ExpressionShapes.Check(Nodes, inputs);
}
