using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>What a <see cref="Map"/> computes.</summary>
public abstract record MapFunction
{
    /// <summary>Its name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>The shape that comes out.</summary>
    /// <param name="input">With a batch axis.</param>
    /// <exception cref="SpecException">It cannot take such a shape.</exception>
    public abstract Shape OutputShape(Shape input);

    /// <summary>The dtype that comes out.</summary>
    /// <param name="input">What comes in.</param>
    public abstract string OutputDtype(string input);
}

/// <summary>A Keras layer: preprocessing, augmentation, Reshape, Flatten.</summary>
/// <param name="Layer">The layer.</param>
public sealed record LayerMap(LayerSpec Layer) : MapFunction
{
    /// <inheritdoc />
    public override string Name => Json.KerasKind.ClassName(Layer.GetType());

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => Layer.OutputShape(input);

    /// <inheritdoc />
    public override string OutputDtype(string input) => Layer switch
    {
        Reshape or Flatten => input,
        TextVectorization { OutputMode: CategoryOutput.Int } or IndexLookupSpec { OutputMode: CategoryOutput.Int, Invert: false }
            or Discretization { OutputMode: CategoryOutput.Int } or Hashing { OutputMode: CategoryOutput.Int } => "int64",
        _ => "float32",
    };
}

/// <summary>Numbers of classes as rows with a 1 at the class, as <c>tf.one_hot</c>; a number that is no class becomes zeros.</summary>
/// <param name="Depth">How many classes.</param>
public sealed record OneHotMap([Range(1, 1_000_000)] int Depth) : MapFunction
{
    /// <inheritdoc />
    public override string Name => "one_hot";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => new([.. input, Depth]);

    /// <inheritdoc />
    public override string OutputDtype(string input) => "float32";
}

/// <summary>The same values of another dtype, as <c>tf.cast</c>: fractions are cut off, truths become 0 and 1.</summary>
/// <param name="Dtype">bool, int8 … int64, uint8, float16, float32 or float64.</param>
public sealed record CastMap(
    [RegularExpression("bool|int8|int16|int32|int64|uint8|float16|float32|float64", ErrorMessage = "bool, int8, int16, int32, int64, uint8, float16, float32 or float64")] string Dtype) : MapFunction
{
    /// <inheritdoc />
    public override string Name => "cast";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc />
    public override string OutputDtype(string input) => Dtype;
}

/// <summary>An expression of <c>x</c>, in the language of expressions: <c>x / 255</c>.</summary>
/// <param name="Expression">Keeps the rows apart: its result has the batch axis.</param>
public sealed record ExpressionMap([StringLength(4_096, MinimumLength = 1)] string Expression) : MapFunction
{
    /// <summary>What the tensor is called.</summary>
    public const string Input = "x";

    /// <inheritdoc />
    public override string Name => "expression";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => RowExpression.OutputShape(Expression, new Dictionary<string, Shape> { [Input] = input });

    /// <inheritdoc />
    public override string OutputDtype(string input) => "float32";
}
