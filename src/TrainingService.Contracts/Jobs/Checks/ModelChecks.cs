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
    /// <param name="features">Shape of a batch of mapped rows, or null when that is not known.</param>
    /// <param name="context">Takes the violations.</param>
    /// <returns>The walk through the model, or null after a violation.</returns>
    public static ModelWalk? Check(ModelSpec? model, Shape? features, ReadContext context)
    {
        if (model is not Sequential { Layers: not null } sequential)
            return null;
        CheckNames(sequential, context);
        if (!context.IsSound(sequential))
        {
            WalkSoundPart(sequential, features, context);
            return null;
        }
        var before = context.Count;
        if (sequential.Layers.All(layer => layer is InputLayer))
        {
            context.Add(context.Field(sequential, "layers"), ViolationCodes.Required, "expected at least one layer besides the InputLayer.");
            return null;
        }
        CheckEntrance(sequential, features, context);
        if (context.Count > before)
            return null;
        // Without any shape the data is at fault, and has said so itself.
        if (Input(sequential, features) is not { } input)
            return null;
        var walk = Walk(sequential, sequential.Layers.Count, input, context);
        if (walk is not null && (!sequential.Trainable || walk.Steps.All(step => step.TrainableParams == 0)))
        {
            context.Add(context.At(sequential), ViolationCodes.NothingToTrain, "expected at least one trainable weight. Received: none.");
            return null;
        }
        return walk;
    }

    /// <summary>Layers in front of the first one that could not be read are still checked.</summary>
    private static void WalkSoundPart(Sequential model, Shape? features, ReadContext context)
    {
        var sound = model.Layers.TakeWhile(context.IsSound).Count();
        if (sound > 0 && Input(model, features) is { } input)
            Walk(model, sound, input, context);
    }

    private static ModelWalk? Walk(Sequential model, int count, Shape input, ReadContext context)
    {
        try
        {
            return ModelWalk.Through(model with { Layers = [.. model.Layers.Take(count)] }, input);
        }
        catch (LayerException broken)
        {
            context.Add(context.Field(model.Layers[broken.Index], broken.Field), ViolationCodes.ShapeConflict, broken.Message);
        }
        return null;
    }

    /// <summary>What comes in: the rows' shape, else what the model says of itself.</summary>
    private static Shape? Input(Sequential model, Shape? features) =>
        features ?? (model.Layers is [InputLayer { BatchShape: { } shape }, ..] ? shape : model.BuildInputShape);

    /// <summary>Checks what the model says of its input against the rows.</summary>
    private static void CheckEntrance(Sequential model, Shape? features, ReadContext context)
    {
        var (shape, pointer) = model.Layers[0] is InputLayer entrance
            ? (entrance.BatchShape, context.Field(entrance, "batch_shape"))
            : (model.BuildInputShape, context.Field(model, "build_input_shape"));
        if (shape is null)
            return;
        if (shape[0] is not null)
        {
            context.Add(pointer, ViolationCodes.UnsupportedValue, $"expected null as the batch axis: batches differ in size. Received: {shape}.");
            return;
        }
        if (features is null || shape.IsCompatibleWith(features))
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
