using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Whether a job fits into the memory that it may take.</summary>
/// <param name="context">Takes the violations.</param>
/// <param name="limitBytes">What a job may take at most.</param>
internal sealed class MemoryChecks(ReadContext context, long limitBytes)
{
    /// <returns>The estimate, or null when it is above the limit.</returns>
    public MemoryEstimate? Check(ModelWalk walk, JobSpec spec, CheckedData data, int batchSize)
    {
        var estimate = MemoryEstimator.Of(walk, spec, data, batchSize);
        if (estimate.TotalBytes <= limitBytes)
            return estimate;
        var place = estimate.DataBytes > estimate.TotalBytes / 2 ? context.At(data.All.First().Origin) : LargestLayer(walk, batchSize);
        context.Add(
            place, ViolationCodes.TooLarge,
            $"expected a job that needs at most {ByteSize.Exact(limitBytes)} of memory. Received: one that needs {ByteSize.Exact(estimate.TotalBytes)}: "
            + $"parameters {ByteSize.Exact(estimate.ParametersBytes)}, gradients {ByteSize.Text(estimate.GradientsBytes)}, optimizer {ByteSize.Text(estimate.OptimizerBytes)}, "
            + $"copies {ByteSize.Text(estimate.CopiesBytes)}, activations {ByteSize.Text(estimate.ActivationsBytes)}, workspace {ByteSize.Text(estimate.WorkspaceBytes)}, "
            + $"data {ByteSize.Text(estimate.DataBytes)}, libtorch and .NET {ByteSize.Text(estimate.RuntimeBytes)}. {MemoryAdvice.Breakdown(estimate)}",
            MemoryAdvice.Hint(estimate, limitBytes));
        return null;
    }

    private string LargestLayer(ModelWalk walk, int batchSize)
    {
        var largest = walk.Steps.MaxBy(step => (step.Params * sizeof(float)) + (step.Footprint.Kept * batchSize))!;
        return context.At(context.Knows(largest.Origin) ? largest.Origin : walk.Origin);
    }
}
