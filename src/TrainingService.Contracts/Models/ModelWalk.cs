using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>The dry run of a model: its layers with the shapes between them, and the order in which they are called.</summary>
/// <param name="Origin">The model as it came.</param>
/// <param name="Model">The model, its layers named.</param>
/// <param name="Inputs">What comes in.</param>
/// <param name="Outputs">What goes out.</param>
/// <param name="Steps">Every layer in the model's order; an InputLayer too.</param>
/// <param name="Calls">The calls in the order in which they are made; that of InputLayers is left out.</param>
/// <param name="Places">How many tensors there are.</param>
/// <param name="InputPlaces">Where the inputs lie.</param>
/// <param name="OutputPlaces">Where the outputs lie.</param>
public sealed record ModelWalk(
    ModelSpec Origin, ModelSpec Model, IReadOnlyList<ModelTensor> Inputs, IReadOnlyList<ModelTensor> Outputs, IReadOnlyList<ModelStep> Steps,
    IReadOnlyList<ModelCall> Calls, int Places, IReadOnlyList<int> InputPlaces, IReadOnlyList<int> OutputPlaces)
{
    private static readonly ConditionalWeakTable<ModelSpec, ConcurrentDictionary<string, ModelWalk>> Walked = [];

    /// <summary>Shape of the first input, with the batch axis.</summary>
    public Shape Input => Inputs[0].Shape;

    /// <summary>Shape of the first output, with the batch axis.</summary>
    public Shape Output => Outputs[0].Shape;

    /// <summary>Bytes per row that all layers take while training.</summary>
    public Footprint Footprint
    {
        get
        {
            var whole = Steps.Aggregate(default(Footprint), (sum, step) => sum + step.Footprint);
            var saved = Model is Sequential
                ? Steps.Zip(Steps.Skip(1)).Aggregate(Int128.Zero, (sum, pair) => sum + LayerFootprints.Saved(pair.First.Layer, pair.Second.Layer, pair.First.Outputs)) : 0;
            return whole with { Kept = whole.Kept - saved };
        }
    }

    /// <summary>Walks through the layers' shape rules.</summary>
    /// <param name="model">The model; layers without a name get Keras's automatic one.</param>
    /// <param name="input">Shape of the one input; null takes the InputLayers', or else <see cref="Sequential.BuildInputShape"/>.</param>
    /// <exception cref="LayerException">A layer cannot take what the one before it gives, or its place in the graph makes no sense.</exception>
    /// <exception cref="SpecException">The inputs are not known, or not those that the model has.</exception>
    public static ModelWalk Through(ModelSpec model, Shape? input = null) => Through(model, input is null ? null : [input]);

    /// <summary>Walks through the layers' shape rules.</summary>
    /// <param name="model">The model; layers without a name get Keras's automatic one.</param>
    /// <param name="inputs">Shapes of the inputs in the model's order; null takes the InputLayers'.</param>
    /// <exception cref="LayerException">A layer cannot take what the one before it gives, or its place in the graph makes no sense.</exception>
    /// <exception cref="SpecException">The inputs are not known, or not those that the model has.</exception>
    public static ModelWalk Through(ModelSpec model, IReadOnlyList<Shape>? inputs) => model switch
    {
        Sequential sequential => SequentialWalk.Through(sequential, inputs),
        Functional functional => new FunctionalWalk(functional).Through(inputs),
        _ => SequentialWalk.Alone(model, inputs),
    };

    /// <summary>The walk of a model that is called with these inputs; one that was made before is remembered.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Shapes of its inputs.</param>
    /// <param name="names">Their names when they come as a dict; they are then put into the model's order.</param>
    /// <exception cref="SpecException">The inputs are not those that the model has.</exception>
    public static ModelWalk Inside(ModelSpec model, IReadOnlyList<Shape> inputs, IReadOnlyList<string>? names)
    {
        // A model inside a model is asked for its shapes and for its weights; without a memory that would double at every level.
        var walks = Walked.GetValue(model, _ => new ConcurrentDictionary<string, ModelWalk>());
        return walks.GetOrAdd(string.Join(';', inputs), _ => Through(model, Order(model, names) is { } order ? [.. order.Select(index => inputs[index])] : inputs));
    }

    /// <summary>For inputs that come as a dict: their places in the order of the model's InputLayers; null when they are in order.</summary>
    /// <exception cref="SpecException">The model has an input that is not there.</exception>
    public static IReadOnlyList<int>? Order(ModelSpec model, IReadOnlyList<string>? names)
    {
        if (names is null || model is not Functional functional)
            return null;
        var wanted = functional.InputLayers.Paths() ?? [.. functional.InputLayers.Leaves().OfType<TensorRef>().Select(tensor => tensor.Layer)];
        if (wanted.SequenceEqual(names))
            return null;
        var places = wanted.Select(name => names.ToList().IndexOf(name)).ToList();
        return places.Contains(-1)
            ? throw new SpecException($"expected inputs named {string.Join(", ", wanted)}. Received: {string.Join(", ", names)}.")
            : places;
    }

    /// <summary>The walk as <c>model.summary()</c> shows it.</summary>
    public ModelSummary Summary()
    {
        var total = Steps.Aggregate(Int128.Zero, (sum, step) => sum + step.Params);
        var trainable = Model.Trainable ? Steps.Aggregate(Int128.Zero, (sum, step) => sum + step.TrainableParams) : 0;
        var shown = Steps.Where(step => step.Layer is not Operations.Operation && (Model is Functional || step.Layer is not InputLayer));
        var layers = shown.Select(step => new LayerSummary(
            step.Layer.Name!, KerasKind.ClassName(step.Layer), step.Output, checked((long)step.Params), [.. step.Weights.Select(weight => weight.Shape)],
            step.Outputs.Count > 1 ? step.Outputs : null));
        return new ModelSummary(
            Model.Name!, Input, Output, [.. layers], checked((long)total), checked((long)trainable), checked((long)(total - trainable)),
            Inputs, Outputs);
    }

    internal static ModelStep Step(LayerSpec origin, LayerSpec layer, IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var outputs = Outgoing(layer, inputs, call);
        var weights = layer.Weights(inputs, call);
        foreach (var weight in weights)
            weight.Check();
        return new ModelStep(origin, layer, inputs, call, outputs, weights) { Footprint = LayerFootprints.Of(layer, inputs, call, outputs) };
    }

    internal static IReadOnlyList<Shape> Outgoing(LayerSpec layer, IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var outputs = layer.OutputShapes(inputs, call);
        // Past this a shape rule's arithmetic could overflow, and no machine holds it.
        return outputs.FirstOrDefault(output => output.ElementsPerSample > Int128.One << 53) is { } huge
            ? throw new SpecException($"the output {huge} has more elements than any machine holds.")
            : outputs;
    }

    internal static T Ask<T>(int index, LayerSpec origin, LayerSpec layer, Func<T> rule)
    {
        try
        {
            return rule();
        }
        catch (SpecException broken)
        {
            throw new LayerException(index, origin, layer.Name!, broken);
        }
    }
}
