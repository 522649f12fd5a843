using System.Buffers.Binary;
using System.Security.Cryptography;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>
/// What must be true between the parts of a job. Every check runs as far as the parts it needs were read without a violation, so that one
/// answer names everything and nothing follows from another error.
/// </summary>
internal sealed class JobChecks(ReadContext context, IReadOnlyList<DatasetInfo> datasets, long maxMemoryBytes)
{
    /// <param name="spec">As it was read, sound or not.</param>
    /// <returns>The job with every default filled in, or null after a violation.</returns>
    public JobSubmission? Check(JobSpec spec)
    {
        var fit = spec.Fit ?? new FitSpec();
        var data = new DataChecks(context, new SourceChecks(context, datasets, ModelNames.Of(context.IsSound(spec.Model) ? spec.Model : null))).Check(spec.Data, fit);
        var walk = ModelChecks.Check(spec.Model, data.Train, context);
        new FitChecks(context).Check(spec, fit, data.Train);
        new ResourceChecks(context).Check(spec.Resources, spec.Model);
        CompileChecks.CheckRateSetters(spec.Compile?.Optimizer, fit.Callbacks ?? [], context);
        if (walk is not null)
            CompileChecks.CheckPaths(spec.Compile?.Optimizer, walk, context);
        var outputs = new OutputChecks(context).Check(spec.Compile, data.Train, walk);
        CheckCallbacks(spec, fit, outputs, walk);
        var memory = walk is null ? null : MemoryOf(spec, data, fit, walk);
        if (data.Train is null || walk is null || spec.Compile is null || outputs is null || memory is null || context.Count > 0)
            return null;
        var resolved = Resolve(spec, Resolve(spec.Compile, outputs), fit, data, data.Train, walk);
        return new JobSubmission(resolved, walk.Summary(), memory);
    }

    private void CheckCallbacks(JobSpec spec, FitSpec fit, IReadOnlyList<LabelledOutput>? outputs, ModelWalk? walk)
    {
        IReadOnlyList<MetricSpec> written = [.. spec.Compile?.Metrics ?? [], .. spec.Compile?.WeightedMetrics ?? []];
        IReadOnlyList<(MetricSpec Metric, Shape? Output)> metrics = outputs is null
            ? [.. written.Where(context.IsSound).Select(metric => (metric, walk?.Output))]
            : [.. outputs.SelectMany(each => each.Output.Metrics.Concat(each.Output.WeightedMetrics).Select(metric => (metric, (Shape?)each.Output.Tensor.Shape)))];
        var losses = outputs?.Where(each => each.Output.Loss is not null).Select(each => CompiledOutputs.LossName(each.Output)).ToList() ?? [];
        // Where a part could not be read, more figures may exist than are known.
        var validated = fit.ValidationFreq.IncludesAny(fit.InitialEpoch + 1, fit.Epochs);
        var complete = (outputs is not null || (walk is null ? ModelNames.Of(spec.Model).Outputs is null or { Count: 1 } : walk.Outputs.Count == 1)) && written.All(context.IsSound) && (metrics.Count > 0 || context.IsSound(spec.Compile))
            && (FitChecks.HasValidation(spec) || context.IsSound(spec.Data))
            && (spec.Fit is null || (validated && FitChecks.HasValidation(spec)) || context.IsSound(spec.Fit));
        var missing = !FitChecks.HasValidation(spec) ? "val_… figures need data.validation or fit.validation_split"
            : !validated ? $"val_… figures need fit.validation_freq to name an epoch up to fit.epochs, {fit.Epochs}"
            : null;
        var figures = Figures.Of(metrics, losses.Count > 1 ? losses : [], missing);
        var optimizer = spec.Compile?.Optimizer ?? new RmsProp();
        if (spec.Compile is null || (spec.Compile.Optimizer is not null && !context.IsSound(optimizer)))
            optimizer = null;
        var schedules = new ScheduleChecks(context, fit.InitialEpoch, fit.Epochs, optimizer is null ? null : InitialRate(optimizer));
        new CallbackChecks(context, complete ? figures : figures with { Complete = false }, schedules, optimizer).Check(fit.Callbacks ?? []);
    }

    /// <summary>The rate before the first epoch, or null where there is no single one.</summary>
    private static double? InitialRate(OptimizerSpec optimizer) => optimizer switch
    {
        UpdateRuleSpec { LearningRate.Schedule: null } rule => rule.LearningRate.Value,
        LossScaleOptimizer scaled => InitialRate(scaled.InnerOptimizer),
        _ => null,
    };

    private MemoryEstimate? MemoryOf(JobSpec spec, CheckedData data, FitSpec fit, ModelWalk walk) =>
        spec.Compile?.Optimizer is null || context.IsSound(spec.Compile.Optimizer)
            ? new MemoryChecks(context, LiesOnCpu(spec) ? maxMemoryBytes : MemoryEstimate.MostBytes).Check(walk, spec, data, data.Train?.BatchSize ?? DataChecks.BatchSize(fit))
            : null;

    /// <summary>The limit is that of the worker's memory; a model on a CUDA device lies in that device's.</summary>
    private static bool LiesOnCpu(JobSpec spec) => spec.Resources?.Device?.StartsWith("cuda", StringComparison.Ordinal) != true;

    /// <summary>Losses and metrics as the labels' shape asks for them; with several outputs the trainer does that for each of them.</summary>
    private static CompileSpec Resolve(CompileSpec compile, IReadOnlyList<LabelledOutput> outputs)
    {
        var filled = compile with { Optimizer = compile.Optimizer ?? new RmsProp(), Metrics = compile.Metrics ?? [] };
        if (outputs is not [{ Label.Shape: var labels, Output.Tensor.Shape: var output }])
            return filled;
        return filled with
        {
            Loss = compile.Loss.Select(loss => loss.Resolve(labels, output)),
            Metrics = filled.Metrics.Select(metric => MetricChecks.Resolve(metric, labels, output)),
            WeightedMetrics = compile.WeightedMetrics?.Select(metric => MetricChecks.Resolve(metric, labels, output)),
        };
    }

    private static JobSpec Resolve(
        JobSpec spec, CompileSpec compile, FitSpec fit, CheckedData data, CheckedSource train, ModelWalk walk) =>
        spec with
        {
            Name = spec.Name ?? walk.Model.Name,
            Model = Resolve(walk),
            Compile = compile,
            Data = new DataSpec(train.Source, data.Validation?.Source, data.Test?.Source, data.Split),
            Fit = fit with
            {
                BatchSize = train.BatchSize,
                // The split is part of the pipelines from here on.
                ValidationSplit = 0,
                ValidationBatchSize = data.Validation?.BatchSize,
                Callbacks = [.. (fit.Callbacks ?? []).Select(WithDefaults)],
            },
            Seed = spec.Seed ?? DrawSeed(),
            Resources = spec.Resources ?? new ResourcesSpec(),
            Stopping = spec.Stopping ?? new StoppingSpec(),
            Export = spec.Export ?? [],
            Tags = spec.Tags ?? [],
            Metadata = spec.Metadata ?? new Dictionary<string, string>(),
            Queue = spec.Queue ?? (spec.Resources is { Device: not ("auto" or "cpu") } ? "gpu" : "cpu"),
            Priority = spec.Priority ?? JobPriority.Normal,
            Retry = spec.Retry ?? new RetrySpec(),
            Checkpoint = spec.Checkpoint ?? new CheckpointSpec(),
        };

    private static ModelSpec Resolve(ModelWalk walk) =>
        (ModelSpec)(walk.Model is Sequential sequential ? sequential with { BuildInputShape = walk.Input } : walk.Model).WithDefaults();

    private static CallbackSpec WithDefaults(CallbackSpec callback) => callback switch
    {
        ModelCheckpoint checkpoint => checkpoint with { Filepath = checkpoint.NameTemplate() },
        TensorBoard board => board with { LogDir = TensorBoard.Folder(board.LogDir) },
        _ => callback,
    };

    private static long DrawSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) & JobSpec.LargestSeed;
    }
}
