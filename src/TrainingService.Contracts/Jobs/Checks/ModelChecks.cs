using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks a model by itself and against the shape of the rows.</summary>
internal static class ModelChecks
{
    /// <param name="model">The model, or null when it could not be read.</param>
    /// <param name="train">The training rows, or null when they could not be checked.</param>
    /// <param name="context">Takes the violations.</param>
    /// <returns>The walk through the model, or null after a violation.</returns>
    public static ModelWalk? Check(ModelSpec? model, CheckedSource? train, ReadContext context)
    {
        if (model is not Functional && train?.Layout.Features.Count() > 1)
        {
            context.Add(
                context.Field(train.Origin, "features"), ViolationCodes.ShapeConflict,
                $"expected one tensor of features, since the model has one input. Received: {Received.Words(train.Layout.Features.Select(each => each.Name))}.",
                "a list of columns makes one tensor: [\"a\", \"b\"]");
            train = null;
        }
        var features = train?.Layout.Features.First().Shape;
        var walk = model switch
        {
            Sequential { Layers: not null } sequential => CheckSequential(sequential, features, context),
            Functional functional => CheckFunctional(functional, train, context),
            { } other when context.IsSound(other) && features is not null => Walk(other, features, context),
            _ => null,
        };
        if (walk is not null && TextLayers(walk.Origin).ToList() is { Count: > 0 } texts)
        {
            foreach (var layer in texts)
            {
                context.Add(
                    context.At(layer), ViolationCodes.UnsupportedValue,
                    $"expected layers of numbers: a model's inputs are numbers. Received: \"{KerasKind.ClassName(layer)}\", which takes texts and runs where data is prepared.");
            }
            return null;
        }
        if (walk is not null && (!walk.Model.Trainable || walk.Steps.All(step => step.TrainableParams == 0)))
        {
            context.Add(context.At(walk.Origin), ViolationCodes.NothingToTrain, "expected at least one trainable weight. Received: none.");
            return null;
        }
        return walk;
    }

    /// <summary>Layers at any depth that no tensor can feed.</summary>
    private static IEnumerable<LayerSpec> TextLayers(LayerSpec layer) => layer switch
    {
        Sequential model => model.Layers.SelectMany(TextLayers),
        Functional model => model.Layers.SelectMany(inner => TextLayers(inner.Layer)),
        ITextLayer { TakesTextsOnly: true } => [layer],
        _ => [],
    };

    private static ModelWalk? CheckSequential(Sequential model, Shape? features, ReadContext context)
    {
        CheckNames(model, context);
        if (!context.IsSound(model))
        {
            WalkSoundPart(model, features, context);
            return null;
        }
        if (model.Layers.All(layer => layer is InputLayer))
        {
            context.Add(context.Field(model, "layers"), ViolationCodes.Required, "expected at least one layer besides the InputLayer.");
            return null;
        }
        var before = context.Count;
        var entrance = model.Layers[0] as InputLayer;
        CheckEntrance(
            entrance is null ? model.BuildInputShape : entrance.BatchShape,
            entrance is null ? context.Field(model, "build_input_shape") : context.Field(entrance, "batch_shape"), features, context);
        // Without any shape the data is at fault, and has said so itself.
        return context.Count == before && Input(model, features) is { } input ? Walk(model, input, context) : null;
    }

    private static ModelWalk? CheckFunctional(Functional model, CheckedSource? train, ReadContext context)
    {
        if (!context.IsSound(model))
            return null;
        var names = ModelNames.Of(model).Inputs ?? [];
        var features = train?.Layout.Features.ToList();
        var before = context.Count;
        if (features is not null && !AreInputs(features, names, train!, context))
            return null;
        foreach (var (index, input) in model.InputLayers.Leaves().OfType<TensorRef>().Index())
        {
            if (model.Layers.Select(layer => layer.Layer).FirstOrDefault(layer => layer.Name == input.Layer) is InputLayer entrance)
                CheckEntrance(entrance.BatchShape, context.Field(entrance, "batch_shape"), features?[index].Shape, context);
        }
        return context.Count == before ? Walk(model, features is null ? null : [.. features.Select(feature => feature.Shape)], context) : null;
    }

    /// <summary>Whether the features are those that the model's inputs are called; they come in the inputs' order.</summary>
    private static bool AreInputs(List<RowTensor> features, IReadOnlyList<string> names, CheckedSource train, ReadContext context)
    {
        var pointer = context.Field(train.Origin, "features");
        if (train.Source.Features?.ByName is null)
        {
            if (names.Count == 1)
                return true;
            context.Add(
                pointer, ViolationCodes.ShapeConflict, $"expected an object with the columns of each of the model's {names.Count} inputs: {Received.Words(names)}. Received: one tensor of features.",
                $"write it as {{{string.Join(", ", names.Take(3).Select(name => $"\"{name}\": \"column\""))}}}");
            return false;
        }
        var before = context.Count;
        foreach (var feature in features.Where(feature => !names.Contains(feature.Name)))
            context.Add(Pointers.Child(pointer, feature.Name), ViolationCodes.UnknownValue, $"expected names of the model's inputs: {Received.Words(names)}. Received: \"{feature.Name}\".", NearMiss.Hint(feature.Name, names));
        if (context.Count == before && names.FirstOrDefault(name => features.TrueForAll(feature => feature.Name != name)) is { } missing)
            context.Add(pointer, ViolationCodes.Required, $"expected columns for each of the model's inputs: {Received.Words(names)}. Received: none for \"{missing}\".");
        return context.Count == before;
    }

    /// <summary>Layers in front of the first one that could not be read are still checked.</summary>
    private static void WalkSoundPart(Sequential model, Shape? features, ReadContext context)
    {
        var sound = model.Layers.TakeWhile(context.IsSound).Count();
        if (sound > 0 && Input(model, features) is { } input)
            Walk(model with { Layers = [.. model.Layers.Take(sound)] }, input, context);
    }

    private static ModelWalk? Walk(ModelSpec model, Shape? input, ReadContext context) => Walk(model, input is null ? null : [input], context);

    private static ModelWalk? Walk(ModelSpec model, IReadOnlyList<Shape>? inputs, ReadContext context)
    {
        try
        {
            return ModelWalk.Through(model, inputs);
        }
        catch (LayerException broken)
        {
            context.Add(context.Knows(broken.Layer) ? context.Field(broken.Layer, broken.Field) : context.At(model), ViolationCodes.ShapeConflict, broken.Message);
        }
        catch (SpecException broken)
        {
            context.Add(context.Field(model, broken.Field), ViolationCodes.ShapeConflict, broken.Message);
        }
        return null;
    }

    /// <summary>What comes in: the rows' shape, else what the model says of itself.</summary>
    private static Shape? Input(Sequential model, Shape? features) =>
        features ?? (model.Layers is [InputLayer { BatchShape: { } shape }, ..] ? shape : model.BuildInputShape);

    /// <summary>Checks what the model says of its input against the rows.</summary>
    private static void CheckEntrance(Shape? shape, string pointer, Shape? features, ReadContext context)
    {
        if (shape is null)
            return;
        if (shape[0] is not null)
        {
            context.Add(pointer, ViolationCodes.UnsupportedValue, $"expected null as the batch axis: batches differ in size. Received: {shape}.");
            return;
        }
        if (features is null || InputLayer.Adjust(features, shape.Rank) is { } adjusted && shape.IsCompatibleWith(adjusted))
            return;
        var hint = shape.ElementsPerSample == features.ElementsPerSample
            ? $"let the pipeline reshape the rows: {{\"map\": {{\"class_name\": \"Reshape\", \"config\": {{\"target_shape\": [{string.Join(", ", shape.Skip(1))}]}}}}}}"
            : null;
        context.Add(pointer, ViolationCodes.ShapeConflict, $"the model expects batches of shape {shape}. Received: {features} from data.train's pipeline.", hint);
    }

    private static void CheckNames(Sequential model, ReadContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in model.Layers.Where(layer => layer?.Name is not null))
        {
            if (!seen.Add(layer.Name!))
                context.Add(context.Field(layer, "name"), ViolationCodes.DuplicateName, $"expected a name that no other layer has. Received: \"{layer.Name}\" again.");
        }
    }
}
