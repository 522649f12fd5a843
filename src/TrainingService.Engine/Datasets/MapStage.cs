using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Expressions;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>One map of a pipeline: what it does to a component of the rows. It belongs to one thread; others have copies.</summary>
/// <param name="place">Place of the component.</param>
internal abstract class MapStage(int place) : IDisposable
{
    /// <summary>Place of the component.</summary>
    public int Place => place;

    /// <summary>Shape of a batch that comes out.</summary>
    public abstract Shape OutputShape { get; }

    /// <summary>Whether it draws.</summary>
    public virtual bool Draws => false;

    /// <summary>Makes what is drawn next a matter of a number alone.</summary>
    public virtual void DrawFor(ulong number)
    {
    }

    /// <summary>The values of rows; those of different lengths come one at a time.</summary>
    public HostValue Apply(HostValue rows)
    {
        if (rows is not RaggedValue { Rows.Count: > 0 })
            return Compute(rows);
        return HostBatches.Together([.. HostBatches.Singles(rows).Select(Compute)]);
    }

    /// <summary>The same stage for another thread.</summary>
    public abstract MapStage Copy();

    protected abstract HostValue Compute(HostValue rows);

    /// <inheritdoc />
    public virtual void Dispose()
    {
    }

    /// <summary>Builds the stage of a function.</summary>
    /// <param name="function">What is computed.</param>
    /// <param name="place">Place of the component.</param>
    /// <param name="context">Name and streams of a layer, and the shape that comes in.</param>
    public static MapStage Build(MapFunction function, int place, LayerContext context) => function switch
    {
        LayerMap map => new LayerStage(map.Layer, place, context),
        OneHotMap map => new FunctionStage(place, function.OutputShape(context.InputShape), rows => OneHot(rows, map.Depth)),
        CastMap map => new FunctionStage(place, context.InputShape, Cast(map.Dtype)),
        ExpressionMap map => new FunctionStage(place, function.OutputShape(context.InputShape), Expression(map)),
        _ => throw new NotSupportedException($"{function.Name} is no function of a map."),
    };

    private static Tensor OneHot(Tensor rows, int depth) => rows.to(int64).unsqueeze(-1).eq(arange(depth)).to(float32);

    private static Func<Tensor, Tensor> Cast(string dtype)
    {
        var type = TensorTypes.Of(dtype);
        return rows => type == ScalarType.Bool ? rows.ne(0) : rows.to(type);
    }

    private static Func<Tensor, Tensor> Expression(ExpressionMap map)
    {
        var runner = new ExpressionRunner(TensorExpression.Parse(map.Expression, [ExpressionMap.Input]));
        return rows => rows.to(float32) is var x ? runner.Run(new Dictionary<string, Tensor> { [ExpressionMap.Input] = x }, x) : rows;
    }
}

/// <summary>A Keras layer.</summary>
internal sealed class LayerStage : MapStage
{
    private readonly LayerContext _context;
    private readonly Layer _layer;
    private readonly CallContext _around = new(training: true);

    public LayerStage(Contracts.Layers.LayerSpec spec, int place, LayerContext context) : base(place) =>
        (_context, _layer) = (context, LayerTable.Build(spec, context));

    public Layer Layer => _layer;

    public override Shape OutputShape => _layer.OutputShape;

    public override bool Draws => _layer.Draws;

    public override void DrawFor(ulong number) => _layer.DrawFor(number);

    /// <summary>The same with other data.</summary>
    public LayerStage With(Contracts.Layers.LayerSpec spec) => new(spec, Place, _context);

    public override MapStage Copy() => new LayerStage(_layer.Spec, Place, _context);

    protected override HostValue Compute(HostValue rows) => (rows, _layer) switch
    {
        (TensorValue { Tensor: var tensor }, _) when _layer.Spec is not Contracts.Layers.ITextLayer { TakesTextsOnly: true } =>
            new TensorValue(_layer.Apply(new KerasTensor(tensor), _around).Value),
        (_, IHostLayer host) => host.Apply(rows),
        _ => throw new DatasetException($"{_layer.Name}: expected numbers. Received: texts; TextVectorization, StringLookup and Hashing take them."),
    };

    public override void Dispose() => _layer.Dispose();
}

/// <summary>A function without anything of its own.</summary>
internal sealed class FunctionStage(int place, Shape outputShape, Func<Tensor, Tensor> function) : MapStage(place)
{
    public override Shape OutputShape => outputShape;

    public override MapStage Copy() => this;

    protected override HostValue Compute(HostValue rows) => new TensorValue(function(rows.Numbers()));
}

/// <summary>The types of tensors by the names of dtypes.</summary>
internal static class TensorTypes
{
    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["bool"] = ScalarType.Bool, ["int8"] = ScalarType.Int8, ["int16"] = ScalarType.Int16, ["int32"] = ScalarType.Int32, ["int64"] = ScalarType.Int64,
        ["uint8"] = ScalarType.Byte, ["float16"] = ScalarType.Float16, ["float32"] = ScalarType.Float32, ["float64"] = ScalarType.Float64,
    };

    /// <summary>The name of a type.</summary>
    public static string NameOf(ScalarType type) => Types.First(pair => pair.Value == type).Key;

    /// <summary>The type of a name.</summary>
    /// <exception cref="DatasetException">No tensor has it.</exception>
    public static ScalarType Of(string dtype) =>
        Types.TryGetValue(dtype, out var type) ? type : throw new DatasetException($"expected one of {string.Join(", ", Types.Keys)}. Received: \"{dtype}\".");
}
