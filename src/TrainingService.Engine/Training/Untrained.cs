using TrainingService.Engine.Models;

namespace TrainingService.Engine.Training;

/// <summary>Weights that no loss depends on. Keras has no gradient for them, so that not even weight decay touches them.</summary>
internal static class Untrained
{
    /// <summary>Places of such weights in the model's buffer; null when there are none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="hasLoss">Whether each output has a loss.</param>
    public static IReadOnlyCollection<int>? Of(Model model, IReadOnlyList<bool> hasLoss)
    {
        if (hasLoss.All(has => has))
            return null; // every layer leads to an output
        var walk = model.Walk;
        var needed = walk.OutputPlaces.Where((_, output) => hasLoss[output]).ToHashSet();
        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (var call in walk.Calls.Reverse().Where(call => call.Outputs.Any(needed.Contains) || walk.Steps[call.Step].Layer.ActivityRegularizer is not null))
        {
            needed.UnionWith(call.Tensors);
            reached.Add(walk.Steps[call.Step].Layer.Name!);
        }
        List<int> untrained = [];
        for (var i = 0; i < model.Parameters.Slices.Count; i++)
        {
            var weight = model.Parameters.Slices[i].Weight;
            if (weight.Regularizer is null && !reached.Contains(weight.Path[..weight.Path.IndexOf('/')]))
                untrained.Add(i);
        }
        return untrained.Count == 0 ? null : untrained;
    }
}
