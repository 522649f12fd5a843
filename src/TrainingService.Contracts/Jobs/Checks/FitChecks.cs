using System.Globalization;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks what <c>fit</c> takes: epochs, validation, weights of classes.</summary>
internal sealed class FitChecks(ReadContext context)
{
    /// <summary>Whether there are rows to validate on.</summary>
    public static bool HasValidation(JobSpec spec) => spec.Data?.Validation is not null || spec.Fit is { ValidationSplit: > 0 } || spec.Data?.Split is { } split && (split.Method == SplitMethod.KFold || split.ValidationPart() > 0);

    /// <param name="spec">The job.</param>
    /// <param name="fit">Its fit.</param>
    /// <param name="train">The training rows, or null when they could not be checked.</param>
    public void Check(JobSpec spec, FitSpec fit, CheckedSource? train)
    {
        if (!context.IsSound(spec.Fit))
            return;
        if (fit.InitialEpoch >= fit.Epochs)
            Refuse(fit, "initial_epoch", $"expected less than epochs, {fit.Epochs}, which is where training ends. Received: {fit.InitialEpoch}.");
        if (!HasValidation(spec) && context.IsSound(spec.Data))
            CheckUnused(fit);
        if (fit.ClassWeight is { } weights && train is not null)
            CheckClasses(fit, weights, train);
    }

    private void CheckUnused(FitSpec fit)
    {
        foreach (var (name, set) in new[] { ("validation_steps", fit.ValidationSteps is not null), ("validation_batch_size", fit.ValidationBatchSize is not null) })
        {
            if (set)
                Refuse(fit, name, "expected data.validation or validation_split with it. Received: neither.");
        }
    }

    private void CheckClasses(FitSpec fit, ClassWeightSpec given, CheckedSource train)
    {
        if (train.Layout.Weight is { } weight)
            Refuse(fit, "class_weight", $"expected nothing, since the rows have weights of their own. Received: it beside the column {weight.Columns}.");
        if (train.Layout.Labels.ToList() is not [{ Shape.Rank: <= 2 } labels])
        {
            Refuse(fit, "class_weight", $"expected labels that are a class or one-hot, with at most one axis beside the rows. Received: labels {string.Join(", ", train.Layout.Labels.Select(label => label.Shape))}.");
            return;
        }
        if (given.ByClass is not null)
            CheckNumbers(fit, given.ByClass, labels);
        else if (labels.Classes is null && labels.Dtype.StartsWith("float", StringComparison.Ordinal))
            Refuse(fit, "class_weight", $"expected labels that are classes, which can be counted. Received: {labels.Name} {labels.Dtype} {labels.Shape}.");
    }

    private void CheckNumbers(FitSpec fit, IReadOnlyDictionary<string, double> weights, RowTensor labels)
    {
        // One-hot labels have a column per class; a single column holds the class itself.
        var classes = labels.Classes ?? (labels.Shape.Rank == 2 && labels.Shape[1] > 1 ? (int?)labels.Shape[1] : null);
        foreach (var (label, weight) in weights)
        {
            var pointer = Pointers.Child(context.Field(fit, "class_weight"), label);
            if (!int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= classes)
                context.Add(pointer, ViolationCodes.UnknownValue, $"expected the number of a class{(classes is null ? "" : $", 0 to {classes - 1}")}. Received: \"{label}\".");
            else if (weight < 0)
                context.Add(pointer, ViolationCodes.OutOfRange, $"expected a weight of 0 or more. Received: {weight.ToString(CultureInfo.InvariantCulture)}.");
        }
    }

    private void Refuse(FitSpec fit, string field, string message) => context.Add(context.Field(fit, field), ViolationCodes.Conflict, message);
}
