using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>One layer of a walk through a model.</summary>
/// <param name="Layer">The layer, named.</param>
/// <param name="Input">Shape that comes in, with the batch axis.</param>
/// <param name="Output">Shape that goes out, with the batch axis.</param>
/// <param name="Weights">Its weights, in Keras's order.</param>
public sealed record ModelStep(LayerSpec Layer, Shape Input, Shape Output, IReadOnlyList<WeightSpec> Weights)
{
    /// <summary>Elements of all its weights.</summary>
    public Int128 Params => Count(Weights);

    /// <summary>Elements of those that are trained while the model is.</summary>
    public Int128 TrainableParams => Layer.Trainable ? Count(Weights.Where(weight => weight.Trainable)) : 0;

    // 2^80 is past every limit; sums of such stay far from the end of Int128.
    private static Int128 Count(IEnumerable<WeightSpec> weights) =>
        weights.Aggregate(Int128.Zero, (sum, weight) => sum + Int128.Min(weight.Shape.Elements ?? 0, Int128.One << 80));
}

/// <summary>A model's layers with the shapes between them.</summary>
/// <param name="Origin">The model as it came.</param>
/// <param name="Model">The model, its layers named.</param>
/// <param name="Input">Shape that comes in, with the batch axis.</param>
/// <param name="Steps">Every layer but the InputLayer, in order.</param>
public sealed record ModelWalk(Sequential Origin, Sequential Model, Shape Input, IReadOnlyList<ModelStep> Steps)
{
    /// <summary>Shape that goes out, with the batch axis.</summary>
    public Shape Output => Steps.Count == 0 ? Input : Steps[^1].Output;

    /// <summary>Walks through the layers' shape rules.</summary>
    /// <param name="model">The model; layers without a name get Keras's automatic one.</param>
    /// <param name="input">Shape that comes in; null takes the InputLayer's, or else <see cref="Sequential.BuildInputShape"/>.</param>
    /// <exception cref="LayerException">A layer cannot take what the one before it gives.</exception>
    public static ModelWalk Through(Sequential model, Shape? input = null)
    {
        var named = LayerNames.Fill(model);
        var entrance = named.Layers.Count > 0 ? named.Layers[0] as InputLayer : null;
        var shape = input ?? entrance?.BatchShape ?? named.BuildInputShape
            ?? throw new SpecException("the shape of the input is not known: expected an InputLayer or a build_input_shape.");
        if (entrance is not null)
            shape = Ask(0, entrance, () => entrance.OutputShape(shape));
        var first = shape;
        List<ModelStep> steps = [];
        for (var index = entrance is null ? 0 : 1; index < named.Layers.Count; index++)
        {
            var layer = named.Layers[index];
            var taken = shape;
            var step = Ask(index, layer, () => Step(layer, taken));
            steps.Add(step);
            shape = step.Output;
        }
        return new ModelWalk(model, named, first, steps);
    }

    /// <summary>The walk as <c>model.summary()</c> shows it.</summary>
    public ModelSummary Summary()
    {
        var total = Steps.Aggregate(Int128.Zero, (sum, step) => sum + step.Params);
        var trainable = Model.Trainable ? Steps.Aggregate(Int128.Zero, (sum, step) => sum + step.TrainableParams) : 0;
        var layers = Steps.Select(step => new LayerSummary(
            step.Layer.Name!, KerasKind.ClassName(step.Layer.GetType()), step.Output, checked((long)step.Params), [.. step.Weights.Select(weight => weight.Shape)]));
        return new ModelSummary(
            Model.Name!, Input, Output, [.. layers], checked((long)total), checked((long)trainable), checked((long)(total - trainable)));
    }

    private static ModelStep Step(LayerSpec layer, Shape input)
    {
        if (layer is InputLayer)
            throw new SpecException("an InputLayer can only be the first layer.");
        var output = layer.OutputShape(input);
        // Past this a shape rule's arithmetic could overflow, and no machine holds it.
        return output.ElementsPerSample > Int128.One << 53
            ? throw new SpecException($"the output {output} has more elements than any machine holds.")
            : new ModelStep(layer, input, output, layer.Weights(input));
    }

    private static T Ask<T>(int index, LayerSpec layer, Func<T> rule)
    {
        try
        {
            return rule();
        }
        catch (SpecException broken)
        {
            throw new LayerException(index, layer, broken);
        }
    }
}

/// <summary>A layer's shape rule is broken.</summary>
/// <param name="index">Place of the layer in the model.</param>
/// <param name="layer">The layer, named.</param>
/// <param name="rule">What its rule says.</param>
public sealed class LayerException(int index, LayerSpec layer, SpecException rule)
    : Exception($"{layer.Name} ({KerasKind.ClassName(layer.GetType())}): {rule.Message}", rule)
{
    /// <summary>Place of the layer in the model.</summary>
    public int Index { get; } = index;

    /// <summary>The field that broke the rule, when it is one.</summary>
    public string? Field { get; } = rule.Field;
}
