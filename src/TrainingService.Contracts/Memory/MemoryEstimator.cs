using System.Text.Json;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Jobs.Checks;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Memory;

/// <summary>Adds up what training will take. Sums are of Int128 and cannot overflow; what leaves is cut to a long.</summary>
public static class MemoryEstimator
{
    /// <summary>libtorch, .NET and what both keep in reserve.</summary>
    private const long RuntimeBytes = 200L << 20;

    private const long MostGapBytes = 128L << 20;

    /// <summary>What allocators waste: gaps between blocks, and blocks kept for the next time. Large blocks lie in pages of their own.</summary>
    private static Int128 WithGaps(Int128 bytes) => (bytes * 108 / 100) + Int128.Min(bytes / 2, MostGapBytes);

    /// <summary>How many of the largest parts are named.</summary>
    private const int Named = 5;

    /// <summary>The estimate of a job that was accepted.</summary>
    /// <param name="spec">As it was resolved.</param>
    /// <param name="datasets">The data sets that it names.</param>
    /// <returns>Null when it needs a layer that this program does not know.</returns>
    public static MemoryEstimate? Of(JobSpec spec, IReadOnlyList<DatasetInfo> datasets) =>
        JobSubmission.TryRead(JsonSerializer.SerializeToElement(spec, ContractsJson.Options), datasets, out _, long.MaxValue)?.Memory;

    /// <param name="walk">The model.</param>
    /// <param name="spec">Optimizer, callbacks, resources.</param>
    /// <param name="data">The rows, as far as they could be checked.</param>
    /// <param name="batchSize">Rows per training batch.</param>
    internal static MemoryEstimate Of(ModelWalk walk, JobSpec spec, CheckedData data, int batchSize)
    {
        var optimizer = spec.Compile?.Optimizer ?? new RmsProp();
        walk = InPrecision(walk, spec.Resources?.MixedPrecision);
        int value = walk.Steps.Any(step => step.Layer.Dtype == "float64") ? sizeof(double) : sizeof(float);
        var parameters = Sum(walk.Steps, step => step.Params) * value;
        var trainable = Sum(walk.Steps, step => step.TrainableParams) * value;
        // Values and gradients of all trained weights in each of the dtypes that layers compute in.
        var half = Sum(walk.Steps.Select(step => step.Layer.Dtype.Replace("mixed_", "", StringComparison.Ordinal)).Distinct(), dtype => dtype.EndsWith("float16", StringComparison.Ordinal) ? trainable : 0);
        var replicas = spec.Resources is { Strategy: not null, Replicas: { } count } ? count - 1 : 0;
        var best = (spec.Fit?.Callbacks ?? []).Any(callback => callback is EarlyStopping { RestoreBestWeights: true }) ? parameters : 0;
        var slots = trainable * optimizer.SlotsPerWeight;
        // A checkpoint is copied, and written while training goes on.
        var checkpoint = parameters + slots;
        var copies = half + best + checkpoint + (replicas * (parameters + trainable + half));

        var footprint = walk.Footprint;
        // Inputs become floats; loss and metrics look at the outputs a few times.
        var perRow = footprint.Kept + (Footprint.Elements(walk.Inputs.Select(input => input.Shape)) * sizeof(float)) + (3 * Footprint.Elements(walk.Outputs.Select(output => output.Shape)) * sizeof(float));
        var evaluated = data.All.Skip(1).Select(source => source.BatchSize).DefaultIfEmpty().Max();
        var activations = perRow * Math.Max(batchSize, evaluated);
        var workspace = Int128.Max(footprint.Passing * batchSize, trainable);
        var rows = Sum(data.All, DataMemory.Kept);
        var flying = DataMemory.InFlight(data.All);

        var training = parameters + trainable + slots + copies + activations + workspace + rows + flying;
        var building = rows + (3 * parameters);
        var total = RuntimeBytes + WithGaps(Int128.Max(Int128.Max(training, building), DataMemory.Loading(data.All)));
        var inFlightPerRow = data.Train is null ? 0 : DataMemory.InFlight([data.Train]) / data.Train.BatchSize;
        var added = total > RuntimeBytes + WithGaps(training) ? 0 : (batchSize >= evaluated ? perRow : 0) + (footprint.Passing * batchSize >= trainable ? footprint.Passing : 0) + inFlightPerRow;
        return new MemoryEstimate(
            Long(parameters), Long(trainable), Long(slots), Long(copies), Long(activations), Long(workspace), Long(rows + flying), RuntimeBytes, Long(total), batchSize,
            Long(added * 108 / 100), Largest(walk, data, batchSize, value, 2 + optimizer.SlotsPerWeight));
    }

    /// <summary>The walk with the policy that the job gives to layers that have none of their own.</summary>
    private static ModelWalk InPrecision(ModelWalk walk, string? policy) =>
        policy is null ? walk : ModelWalk.Through(MixedPrecision.Apply(walk.Model, policy), [.. walk.Inputs.Select(input => input.Shape)]);

    private static IReadOnlyList<MemoryShare> Largest(ModelWalk walk, CheckedData data, int batchSize, int value, int perTrained)
    {
        var layers = walk.Steps.Select(step => new MemoryShare(
            step.Layer.Name!, Long((step.TrainableParams * value * perTrained) + ((step.Params - step.TrainableParams) * value) + (step.Footprint.Kept * batchSize))));
        var sets = new[] { ("data.train", data.Train), ("data.validation", data.Validation), ("data.test", data.Test) }
            .Where(set => set.Item2 is not null).Select(set => new MemoryShare(set.Item1, Long(DataMemory.Kept(set.Item2!))));
        return [.. layers.Concat(sets).Where(share => share.Bytes > 0).OrderByDescending(share => share.Bytes).Take(Named)];
    }

    private static Int128 Sum<T>(IEnumerable<T> items, Func<T, Int128> of) => items.Aggregate(Int128.Zero, (sum, item) => sum + of(item));

    private static long Long(Int128 bytes) => bytes > long.MaxValue ? long.MaxValue : (long)bytes;
}
