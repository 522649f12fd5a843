using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>What the functions of a <c>map</c> make of a tensor, and which of them may stand there.</summary>
internal static class MapRules
{
    private static readonly IReadOnlyList<Type> Shaping = [typeof(Reshape), typeof(Flatten), typeof(LayerPipeline)];

    /// <returns>Why the layer cannot stand in a map, whatever it is applied to; null when it can.</returns>
    public static string? Refusal(LayerSpec layer) => layer switch
    {
        LayerPipeline { Layers: var layers } when layers.FirstOrDefault(Adapts) is { } learning =>
            $"expected {Name(learning)} in a map of its own, since it is adapted to the training rows. Received: it inside a Pipeline.",
        LayerPipeline pipeline => pipeline.Layers.Select(Refusal).FirstOrDefault(reason => reason is not null),
        MixUp or CutMix => $"expected a layer of features alone. Received: {Name(layer)}, which mixes labels too.",
        HashedCrossing => "expected a layer of one tensor. Received: \"HashedCrossing\", which takes several columns.",
        _ when Allowed.Contains(layer.GetType()) => null,
        _ => $"expected a preprocessing layer: one of {Received.Words(Allowed.Select(KerasKind.ClassName))}. Received: {Name(layer)}.",
    };

    /// <summary>Whether the layer's state is learned from the training rows.</summary>
    public static bool Adapts(LayerSpec? layer) => layer is Normalization { Adapts: true } or Discretization { BinBoundaries: null } or IndexLookupSpec { Adapts: true } or TextVectorization { Vocabulary: null };

    /// <summary>The tensor that comes out.</summary>
    /// <param name="function">What is computed.</param>
    /// <param name="input">What comes in.</param>
    /// <exception cref="SpecException">It cannot take this tensor; says at which field.</exception>
    public static RowTensor Apply(MapFunction function, RowTensor input)
    {
        if (function is LayerMap { Layer: var layer })
            return ApplyLayer(layer, input);
        if (input.IsText())
            throw new SpecException($"expected numbers; TextVectorization, StringLookup and Hashing take texts. Received: {input.Name}, which holds texts.");
        if (function is OneHotMap { Depth: var depth })
        {
            if (input.Dtype.StartsWith("float", StringComparison.Ordinal))
                throw new SpecException($"expected whole numbers, which cast makes. Received: {input.Name}, {input.Dtype}.");
            if (depth < input.Classes)
                throw new SpecException($"expected at least {input.Classes}, the number of classes. Received: {depth}.", "depth");
        }
        var classes = function switch { OneHotMap one => one.Depth, CastMap => input.Classes, _ => null };
        return input with { Shape = function.OutputShape(input.Shape), Dtype = function.OutputDtype(input.Dtype), Classes = classes };
    }

    private static RowTensor ApplyLayer(LayerSpec layer, RowTensor input)
    {
        if (layer is LayerPipeline pipeline)
            return pipeline.Layers.Aggregate(input, (tensor, inner) => ApplyLayer(inner, tensor));
        if (input.IsText() && layer is not (ITextLayer or Reshape))
            throw new SpecException($"expected a layer of texts, TextVectorization, StringLookup or Hashing: {input.Name} holds texts. Received: {Name(layer)}.");
        if (!input.IsText() && layer is ITextLayer { TakesTextsOnly: true })
            throw new SpecException($"expected a layer of numbers: {input.Name} holds numbers. Received: {Name(layer)}, which takes texts.");
        if (input.Dtype.StartsWith("float", StringComparison.Ordinal) && layer is IntegerLookup or Hashing)
            throw new SpecException($"expected whole numbers, which cast makes. Received: {input.Name}, {input.Dtype}.");
        var output = layer.OutputShape(input.Shape);
        RequireKnownSize(layer, output);
        return input with { Shape = output, Dtype = new LayerMap(layer).OutputDtype(input.Dtype), Classes = layer is Reshape or Flatten ? input.Classes : null };
    }

    /// <summary>A vocabulary that is learned when the job runs says too late how many outputs there are.</summary>
    private static void RequireKnownSize(LayerSpec layer, Shape output)
    {
        var mode = layer switch { TextVectorization text => text.OutputMode, IndexLookupSpec lookup => lookup.OutputMode, _ => CategoryOutput.Int };
        if (mode == CategoryOutput.Int || !Adapts(layer) || output[-1] is not null)
            return;
        var limited = layer is TextVectorization { MaxTokens: not null } or IndexLookupSpec { MaxTokens: not null };
        throw new SpecException(
            "expected max_tokens, and pad_to_max_tokens true: the vocabulary is learned when the job runs, and the model needs the size of the rows before. "
            + $"Received: {(limited ? "max_tokens without pad_to_max_tokens" : "neither")}.", limited ? "pad_to_max_tokens" : "max_tokens");
    }

    private static IEnumerable<Type> Allowed => [.. PreprocessingLayers.Records, .. AugmentationLayers.Records, .. Shaping];

    private static string Name(LayerSpec layer) => $"\"{KerasKind.ClassName(layer.GetType())}\"";
}
