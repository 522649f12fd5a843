using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>Whether a metric is better when it rises or when it falls.</summary>
public enum Direction
{
    /// <summary>Larger is better.</summary>
    Up,

    /// <summary>Smaller is better.</summary>
    Down,
}

/// <summary>A figure watched while training.</summary>
[Ignores("fn")]
public abstract record MetricSpec : KerasSpec
{
    /// <summary>Key in the logs; null takes the metric's own name (<c>accuracy</c>).</summary>
    [StringLength(100, MinimumLength = 1)]
    [RegularExpression("[A-Za-z0-9_.-]+", ErrorMessage = "letters, digits, '_', '.' and '-'")]
    public string? Name { get; init; }

    /// <summary>Only float32, in which metrics are computed whatever the layers compute in. Default: null, the same.</summary>
    [RegularExpression("float32", ErrorMessage = "\"float32\", in which metrics are computed")]
    public virtual string? Dtype { get; init; }

    /// <summary>Whether larger or smaller values are better; null where neither is, so that a callback must say it.</summary>
    public abstract Direction? Direction { get; }

    /// <summary>Key in the logs when the job gives none: Keras's snake case of the class name.</summary>
    public virtual string DefaultName => KerasKind.SnakeCase(KerasKind.ClassName(GetType()));

    /// <summary>Checks labels against the model's output.</summary>
    /// <param name="labels">Shape of the labels with the batch axis.</param>
    /// <param name="output">Shape of the model's output with the batch axis.</param>
    /// <exception cref="SpecException">They do not go together; says what would.</exception>
    public virtual void CheckShapes(Shape labels, Shape output)
    {
        if (!ShapeRule.SameShape(labels, output))
            throw new SpecException($"{Name ?? DefaultName} expects labels and outputs of one shape. Received: labels {labels}, outputs {output}.");
    }

    /// <summary>How many numbers the figure has: more than one where there are several thresholds or classes and no average of them.</summary>
    /// <param name="output">Shape of the model's output with the batch axis.</param>
    public virtual int Count(Shape output) => 1;

    /// <summary>Keys in the logs: the name, or <c>name_0</c>, <c>name_1</c>, … where the figure has several numbers.</summary>
    /// <param name="output">Shape of the model's output with the batch axis.</param>
    public IReadOnlyList<string> LogNames(Shape output)
    {
        var (name, count) = (Name ?? DefaultName, Count(output));
        return count == 1 ? [name] : [.. Enumerable.Range(0, count).Select(index => $"{name}_{index}")];
    }

    /// <summary>The metric that these shapes ask for; another one only where the name leaves it to them.</summary>
    /// <param name="labels">Shape of the labels with the batch axis.</param>
    /// <param name="output">Shape of the model's output with the batch axis.</param>
    public virtual MetricSpec Resolve(Shape labels, Shape output) => this;

    /// <summary>Refuses labels that are not class numbers for the outputs' last axis.</summary>
    private protected void RequireClassNumbers(Shape labels, Shape output)
    {
        if (output.Rank < 2 || !ShapeRule.ClassNumbers(labels, output))
            throw new SpecException($"{Name ?? DefaultName} expects integer labels, one axis less than the outputs. Received: labels {labels}, outputs {output}.");
    }

    /// <summary>Refuses a class that the outputs' last axis has not.</summary>
    private protected static void RequireClass(int? classId, Shape output)
    {
        if (classId is { } id && (output.Rank < 2 || id >= output[-1]))
            throw new SpecException($"expected one of the classes of outputs {output}. Received: {id}.", "class_id");
    }
}
