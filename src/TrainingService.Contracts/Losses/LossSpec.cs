using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>How the values of a loss become one number.</summary>
public enum Reduction
{
    /// <summary>Sum divided by the number of elements, zero-weighted ones included.</summary>
    [AlsoNamed("auto")]
    SumOverBatchSize,

    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Mean over the elements.</summary>
    Mean,

    /// <summary>Sum divided by the sum of the weights.</summary>
    MeanWithSampleWeight,

    /// <summary>The values themselves, one per sample; training needs one number and refuses it.</summary>
    [NullWord, AlsoNamed("none")]
    None,
}

/// <summary>What training makes small.</summary>
[Ignores("name", "fn")]
public abstract record LossSpec : KerasSpec
{
    /// <summary>How the values per sample become one number. Default: sum_over_batch_size.</summary>
    public Reduction Reduction { get; init; } = Reduction.SumOverBatchSize;

    /// <summary>Only float32, in which losses are computed whatever the layers compute in. Default: null, the same.</summary>
    [RegularExpression("float32", ErrorMessage = "\"float32\", in which losses are computed")]
    public string? Dtype { get; init; }

    /// <summary>Checks labels against the model's output.</summary>
    /// <param name="labels">Shape of the labels with the batch axis.</param>
    /// <param name="output">Shape of the model's output with the batch axis.</param>
    /// <exception cref="SpecException">They do not go together; says what would.</exception>
    public abstract void CheckShapes(Shape labels, Shape output);

    /// <summary>The loss that these shapes ask for; another one only where the name leaves it to them.</summary>
    /// <param name="labels">Shape of the labels with the batch axis.</param>
    /// <param name="output">Shape of the model's output with the batch axis.</param>
    public virtual LossSpec Resolve(Shape labels, Shape output) => this;

    /// <summary>Refuses labels that are not of the output's shape; a last axis of 1 may be left out on one side, as Keras allows.</summary>
    protected void RequireSameShape(Shape labels, Shape output)
    {
        if (!ShapeRule.SameShape(labels, output))
            throw new SpecException($"{KerasKind.ClassName(GetType())} compares labels and outputs of one shape. Received: labels {labels}, outputs {output}.");
    }
}
