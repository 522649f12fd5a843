using System.Runtime.InteropServices;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Datasets;

namespace TrainingService.Engine.Training;

/// <summary>What an exception means for the job. libtorch has one exception type, so its text decides.</summary>
public static class FailureClassifier
{
    private static readonly string[] OutOfMemoryTexts = ["can't allocate memory", "out of memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED", "std::bad_alloc"];

    private const int NoSpaceLeft = 28, QuotaExceeded = 122, LastErrno = 4095; // ENOSPC, EDQUOT

    /// <summary>The result of a run that ended with this exception.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="plan">What was run: a run out of memory names the parts that took the most, and a batch that should fit.</param>
    public static TrainerResult Classify(Exception failure, TrainerPlan? plan = null) => failure switch
    {
        _ when IsOutOfMemory(failure) => OutOfMemory(failure, plan),
        NonFiniteLossException => Result(StopReason.NanLoss, failure.Message, "Try a smaller learning rate, clipnorm, or look for extreme values in the data."),
        CheckpointException => Result(StopReason.CorruptCheckpoint, failure.Message, "Begin anew with a clone of the job."),
        IOException { HResult: NoSpaceLeft or QuotaExceeded } =>
            Result(StopReason.StorageFull, failure.Message, "Free some room on the worker's disk, then submit the job again.") with { MachineFault = true },
        // What the system itself refused, such as EIO; what .NET refuses has numbers of another kind.
        IOException { HResult: > 0 and <= LastErrno } =>
            Result(StopReason.InternalError, $"The system refused a file: {failure.Message}", "Look at the disk of Storage:Root and at the limits of the worker, then submit the job again.") with { MachineFault = true },
        DeviceException device => new TrainerResult(StopReason.InternalError, new JobError("device", device.Message, device.Hint)),
        DatasetException => Result(StopReason.BadData, failure.Message, "Check the data set's files against its description."),
        ExternalException when IsAboutLabels(failure.Message) =>
            Result(StopReason.BadData, FirstLine(failure.Message), "A label lies outside of the classes that the model's output has."),
        SpecException => Result(StopReason.InternalError, failure.Message, "The specification passed validation but cannot be built."),
        _ => Result(StopReason.InternalError, $"{failure.GetType().Name}: {FirstLine(failure.Message)}", null),
    };

    private static bool IsAboutLabels(string message) =>
        message.Contains("out of bounds", StringComparison.Ordinal) && (message.Contains("index", StringComparison.Ordinal) || message.StartsWith("Target", StringComparison.Ordinal));

    /// <summary>Whether the process, or a device, had no more memory.</summary>
    public static bool IsOutOfMemory(Exception failure) => failure is OutOfMemoryException
        || (failure is ExternalException or InvalidOperationException && OutOfMemoryTexts.Any(text => failure.Message.Contains(text, StringComparison.OrdinalIgnoreCase)))
        || (failure.InnerException is { } inner && IsOutOfMemory(inner));

    private static TrainerResult OutOfMemory(Exception failure, TrainerPlan? plan)
    {
        var message = failure is OutOfMemoryException ? "The runtime got no more memory." : FirstLine(failure.Message).TrimEnd('.') + ".";
        var estimate = plan is null ? null : MemoryEstimator.Of(plan.Spec, [.. plan.Datasets.Select(dataset => dataset.Info)]);
        return new TrainerResult(StopReason.OutOfMemory, MemoryAdvice.OutOfMemory(message, estimate, plan?.MemoryLimitBytes));
    }

    private static TrainerResult Result(StopReason reason, string message, string? hint) =>
        new(reason, new JobError(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), message, hint));

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();
}
