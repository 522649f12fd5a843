using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>The walk through layers that stand one after the other.</summary>
internal static class SequentialWalk
{
    public static ModelWalk Through(Sequential model, IReadOnlyList<Shape>? inputs)
    {
        var named = LayerNames.Fill(model);
        var entrance = named.Layers.Count > 0 ? named.Layers[0] as InputLayer : null;
        var shape = Single(inputs) ?? entrance?.BatchShape ?? named.BuildInputShape
            ?? throw new SpecException("the shape of the input is not known: expected an InputLayer or a build_input_shape.");
        List<ModelStep> steps = [];
        List<ModelCall> calls = [];
        Shape? first = null;
        for (var index = 0; index < named.Layers.Count; index++)
        {
            var (origin, layer, taken) = (model.Layers[index], named.Layers[index], shape);
            var step = ModelWalk.Ask(index, origin, layer, () => Step(index, origin, layer, taken, index == named.Layers.Count - 1));
            steps.Add(step);
            shape = step.Output;
            if (layer is not InputLayer)
                calls.Add(new ModelCall(index, CallForm.OneInput, [calls.Count], [.. Enumerable.Range(calls.Count + 1, step.Outputs.Count)]));
            else
                first = shape;
        }
        first ??= Single(inputs) ?? named.BuildInputShape ?? shape;
        var outputs = steps.Count == 0 ? [first] : steps[^1].Outputs;
        var name = steps.Count == 0 ? named.Name! : steps[^1].Layer.Name!;
        return new ModelWalk(
            model, named, [new ModelTensor(entrance?.Name ?? "input_layer", first, entrance?.Dtype ?? "float32")], [.. outputs.Select(output => new ModelTensor(name, output))],
            steps, calls, calls.Count + outputs.Count, [0], [.. Enumerable.Range(calls.Count, outputs.Count)]);
    }

    /// <summary>A model that is one layer to us: a class that the operator registered.</summary>
    public static ModelWalk Alone(ModelSpec model, IReadOnlyList<Shape>? inputs)
    {
        var named = model.Name is null ? (ModelSpec)(model with { Name = Json.KerasKind.SnakeCase(Json.KerasKind.ClassName(model)) }) : model;
        var shapes = inputs ?? throw new SpecException("the shapes of the inputs are not known.");
        var step = ModelWalk.Ask(0, model, named, () => ModelWalk.Step(model, named, shapes, CallSpec.None));
        return new ModelWalk(
            model, named, [.. shapes.Select((shape, index) => new ModelTensor($"input_{index}", shape))], [.. step.Outputs.Select((shape, index) => new ModelTensor($"output_{index}", shape))],
            [step], [new ModelCall(0, CallForm.OfInputs(shapes.Count), [.. Enumerable.Range(0, shapes.Count)], [.. Enumerable.Range(shapes.Count, step.Outputs.Count)])],
            shapes.Count + step.Outputs.Count, [.. Enumerable.Range(0, shapes.Count)], [.. Enumerable.Range(shapes.Count, step.Outputs.Count)]);
    }

    private static ModelStep Step(int index, LayerSpec origin, LayerSpec layer, Shape input, bool last)
    {
        if (layer is InputLayer && index > 0)
            throw new SpecException("an InputLayer can only be the first layer.");
        var step = ModelWalk.Step(origin, layer, [input], CallSpec.None);
        return step.Outputs.Count > 1 && !last
            ? throw new SpecException($"expected one output, which the next layer takes. Received: {step.Outputs.Count} outputs; a Functional model can use them.")
            : step;
    }

    private static Shape? Single(IReadOnlyList<Shape>? inputs) => inputs switch
    {
        null => null,
        [var one] => one,
        _ => throw new SpecException($"a Sequential model takes one input. Received: {inputs.Count}."),
    };
}
