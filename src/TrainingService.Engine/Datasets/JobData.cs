using System.Globalization;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Datasets;

/// <summary>A job's pipelines: training, validation, test.</summary>
public sealed class JobData : IDisposable
{
    private const int DefaultBatchSize = 32;

    /// <summary>Reads the data sets that the plan names.</summary>
    /// <exception cref="DatasetException">They cannot be used.</exception>
    /// <param name="plan">Names them.</param>
    /// <param name="random">The job's random streams.</param>
    /// <param name="origin">The epoch that began with the first rows, where the run goes on from another one; null is the fit's initial epoch.</param>
    public JobData(TrainerPlan plan, RandomStreams random, int? origin = null)
    {
        var data = plan.Spec.Data;
        var batchSize = plan.Spec.Fit?.BatchSize ?? DefaultBatchSize;
        var inherited = Inherited(data.Train.Pipeline ?? []);
        var fit = plan.Spec.Fit ?? new FitSpec();
        Train = new Pipeline(Weighted(Read(plan, data.Train), fit.ClassWeight?.ByClass), data.Train.Pipeline ?? [], batchSize, random, "train")
        {
            StepsPerEpoch = fit.StepsPerEpoch,
            InitialEpoch = origin ?? fit.InitialEpoch,
        };
        if (data.Validation is { } validation)
            Validation = new Pipeline(Read(plan, validation), validation.Pipeline ?? inherited, batchSize, random, "validation") { StepsPerEpoch = fit.ValidationSteps };
        if (data.Test is { } test)
            Test = new Pipeline(Read(plan, test), test.Pipeline ?? inherited, batchSize, random, "test");
    }

    /// <summary>Rows to learn from.</summary>
    public Pipeline Train { get; }

    /// <summary>Rows to watch after an epoch, or null.</summary>
    public Pipeline? Validation { get; }

    /// <summary>Rows for the evaluation at the end, or null.</summary>
    public Pipeline? Test { get; }

    /// <summary>What validation and test rows without a pipeline of their own get: the training one's without shuffling and choosing rows.</summary>
    public static IReadOnlyList<PipelineStep> Inherited(IReadOnlyList<PipelineStep> train) =>
        [.. train.Where(step => step is Map or Cache or Prefetch or Contracts.Datasets.Batch)
            .Select(step => step is Contracts.Datasets.Batch batch ? batch with { DropRemainder = false } : step)];

    private static Rows Read(TrainerPlan plan, DataSource source)
    {
        var location = plan.Datasets.FirstOrDefault(location => DatasetReference.TryParse(source.Dataset ?? "")?.Names(location.Info) == true)
            ?? throw new DatasetException($"The plan has no folder for the data set \"{source.Dataset}\".");
        return DatasetReader.Read(location, source.Split);
    }

    private static Rows Weighted(Rows rows, IReadOnlyDictionary<string, double>? classWeight)
    {
        if (classWeight is null)
            return rows;
        if (rows.SampleWeight is not null)
            throw new DatasetException("The rows have weights of their own: class_weight cannot be used with them.");
        var weights = classWeight.ToDictionary(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture), pair => pair.Value);
        return rows with { SampleWeight = ClassWeights.Of(rows.Labels, weights) };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Train.Dispose();
        Validation?.Dispose();
        Test?.Dispose();
    }
}
