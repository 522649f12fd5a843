using System.Globalization;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>How much memory training will need. Sums are of Int128 and cannot overflow; what leaves is cut to a long.</summary>
internal static class MemoryEstimates
{
    private const int FloatBytes = sizeof(float);

    /// <summary>Batches ahead where prefetch does not say.</summary>
    private const int DefaultPrefetch = 8;

    /// <param name="walk">The model.</param>
    /// <param name="optimizer">For its slots.</param>
    /// <param name="data">The rows, as far as they could be checked.</param>
    /// <param name="batchSize">Rows per training batch.</param>
    /// <param name="context">Takes the violations.</param>
    /// <returns>The estimate, or null when it is above the limit.</returns>
    public static MemoryEstimate? Check(ModelWalk walk, OptimizerSpec optimizer, CheckedData data, int batchSize, ReadContext context)
    {
        var estimate = Estimate(walk, optimizer, data, batchSize);
        if (estimate.TotalBytes <= MemoryEstimate.LimitBytes)
            return estimate;
        var ofData = estimate.DataBytes > estimate.TotalBytes / 2 ? data.All.First().Origin : null;
        context.Add(
            ofData is null ? LargestLayer(walk, batchSize, context) : context.At(ofData), ViolationCodes.TooLarge,
            $"expected a job that needs at most {Bytes(MemoryEstimate.LimitBytes)}. Received: one that needs {Bytes(estimate.TotalBytes)}: "
            + $"parameters {Bytes(estimate.ParametersBytes)}, gradients {Bytes(estimate.GradientsBytes)}, optimizer {Bytes(estimate.OptimizerBytes)}, "
            + $"activations {Bytes(estimate.ActivationsBytes)}, data {Bytes(estimate.DataBytes)}.");
        return null;
    }

    public static MemoryEstimate Estimate(ModelWalk walk, OptimizerSpec optimizer, CheckedData data, int batchSize)
    {
        var parameters = Sum(walk.Steps, step => step.Params) * FloatBytes;
        var trainable = Sum(walk.Steps, step => step.TrainableParams) * FloatBytes;
        var activations = (walk.Activations + Sum(walk.Inputs, input => input.Shape.ElementsPerSample ?? 0)) * batchSize * FloatBytes;
        var loaded = data.All.GroupBy(source => (source.Info.Name, source.Source.Split)).Select(group => group.First());
        var rows = Sum(loaded, source => RowBytes(source.Info) * source.Info.Splits[source.Source.Split]);
        var cached = Sum(data.All, source => source.CachedBytes);
        var inFlight = Sum(data.All, source => BatchesInFlight(source) * (source.Features.ElementsPerSample ?? 0) * source.Batch.BatchSize * FloatBytes);
        var slots = trainable * optimizer.SlotsPerWeight;
        var ofData = rows + cached + inFlight;
        return new MemoryEstimate(
            Long(parameters), Long(trainable), Long(slots), Long(activations), Long(ofData), Long(parameters + trainable + slots + activations + ofData));
    }

    private static Int128 RowBytes(DatasetInfo info) =>
        (info.FeatureShape.Elements ?? 0) * SourceChecks.BytesOf(info.FeatureDtype) + (info.LabelShape.Elements ?? 0) * SourceChecks.BytesOf(info.LabelDtype);

    private static int BatchesInFlight(CheckedSource source) =>
        source.Source.Pipeline!.OfType<Prefetch>().FirstOrDefault() is { } prefetch ? 1 + (prefetch.BufferSize ?? DefaultPrefetch) : 1;

    private static string LargestLayer(ModelWalk walk, int batchSize, ReadContext context)
    {
        var largest = walk.Steps.MaxBy(step => step.Params + step.Activations * batchSize)!;
        return context.At(context.Knows(largest.Origin) ? largest.Origin : walk.Origin);
    }

    private static Int128 Sum<T>(IEnumerable<T> items, Func<T, Int128> of) => items.Aggregate(Int128.Zero, (sum, item) => sum + of(item));

    private static long Long(Int128 bytes) => bytes > long.MaxValue ? long.MaxValue : (long)bytes;

    private static string Bytes(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1024 && unit < units.Length - 1; unit++)
            size /= 1024;
        var rounded = size.ToString(unit == 0 ? "0" : "0.#", CultureInfo.InvariantCulture);
        return unit == 0 ? $"{rounded} bytes" : $"{rounded} {units[unit]} ({bytes} bytes)";
    }
}
