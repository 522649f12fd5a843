using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks the optimizer and the loss.</summary>
internal static class CompileChecks
{
    private static readonly HashSet<string> RateSetters = ["ReduceLROnPlateau", "LearningRateScheduler"];

    /// <summary>A rate that follows a schedule is nobody else's to set.</summary>
    public static void CheckRateSetters(OptimizerSpec? optimizer, IReadOnlyList<CallbackSpec> callbacks, ReadContext context)
    {
        if (optimizer is not { HasSchedule: true } || !context.IsSound(optimizer))
            return;
        foreach (var callback in callbacks.Where(callback => context.IsSound(callback) && RateSetters.Contains(KerasKind.ClassName(callback.GetType()))))
        {
            context.Add(
                context.At(callback), ViolationCodes.Conflict,
                $"{KerasKind.ClassName(callback.GetType())} sets the learning rate. Expected an optimizer with a number as its learning_rate. Received: "
                + (optimizer is MultiOptimizer ? "a MultiOptimizer, which has several." : "a schedule."));
        }
    }

    /// <summary>Every weight has one optimizer, and every key of the map a weight.</summary>
    public static void CheckPaths(OptimizerSpec? optimizer, ModelWalk walk, ReadContext context)
    {
        var several = (optimizer is LossScaleOptimizer scaling ? scaling.InnerOptimizer : optimizer) as MultiOptimizer;
        if (several is null || !context.IsSound(several))
            return;
        var map = several.OptimizerMap;
        var pointer = context.Field(map, "optimizer_map");
        var used = new HashSet<string>();
        foreach (var path in walk.Steps.SelectMany(step => step.Weights.Where(weight => weight.Trainable).Select(weight => $"{step.Layer.Name}/{weight.Name}")))
        {
            var keys = map.KeysOf(path, walk.Model.Name);
            used.UnionWith(keys);
            if (keys.Count > 1)
                context.Add(pointer, ViolationCodes.Conflict, $"expected at most one optimizer for {path}. Received: those of {Received.Words(keys)}.");
        }
        foreach (var key in (map.ByPath ?? new Dictionary<string, OptimizerSpec>()).Keys.Where(key => !used.Contains(key)))
            context.Add(Pointers.Child(pointer, key), ViolationCodes.UnknownValue, $"expected the path of a trained weight, or a pattern for some. Received: \"{key}\", which matches none.");
    }

    /// <summary>The loss against the labels and the model's output.</summary>
    /// <param name="loss">The loss, or null when it could not be read.</param>
    /// <param name="label">The labels.</param>
    /// <param name="dataset">The data set's name.</param>
    /// <param name="output">Shape of the output that the loss is for.</param>
    /// <param name="walk">The model.</param>
    /// <param name="context">Takes the violations.</param>
    public static void CheckLoss(LossSpec? loss, RowTensor label, string dataset, Shape output, ModelWalk walk, ReadContext context)
    {
        if (loss is null || !context.IsSound(loss))
            return;
        if (loss.Reduction == Reduction.None)
            context.Add(context.Field(loss, "reduction"), ViolationCodes.UnsupportedValue, "expected a reduction to one number, which training makes small. Received: null.");
        try
        {
            loss.CheckShapes(label.Shape, output);
        }
        catch (SpecException broken)
        {
            context.Add(context.Field(loss, broken.Field), ViolationCodes.ShapeConflict, broken.Message);
            return;
        }
        if (label.Classes is not { } classes)
            return;
        var resolved = loss.Resolve(label.Shape, output);
        if (ClassAxis(resolved) is { } axis && output[axis] < classes)
            RefuseFewOutputs(dataset, output, walk, classes, context);
        if (resolved is BinaryCrossentropy or BinaryFocalCrossentropy && label.Shape.Rank == 1 && classes > 2)
        {
            context.Add(
                context.At(loss), ViolationCodes.ShapeConflict,
                $"{KerasKind.SnakeCase(KerasKind.ClassName(resolved.GetType()))} expects labels 0 and 1. Received: the {classes} classes of {dataset}.",
                $"sparse_categorical_crossentropy with {classes} outputs takes such labels");
        }
    }

    /// <summary>The axis of the classes where labels are class numbers.</summary>
    private static int? ClassAxis(LossSpec loss) => loss switch
    {
        SparseCategoricalCrossentropy sparse => sparse.Axis,
        CategoricalGeneralizedCrossEntropy or CTC => -1,
        _ => null,
    };

    private static void RefuseFewOutputs(string dataset, Shape output, ModelWalk walk, int classes, ReadContext context)
    {
        // The last layer with a size of its own decides how many outputs there are.
        var decides = walk.Steps.LastOrDefault(step => step.Layer is Dense or Conv2D);
        var pointer = decides is null || !context.Knows(decides.Origin)
            ? context.At(walk.Origin) : context.Field(decides.Origin, decides.Layer is Dense ? "units" : "filters");
        context.Add(
            pointer, ViolationCodes.ShapeConflict,
            $"expected at least one output per class: {dataset} has {classes} classes. Received: {output[-1]} outputs.");
    }
}
