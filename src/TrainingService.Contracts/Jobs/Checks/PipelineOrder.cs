using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>
/// Which steps may follow which. tf.data would run any order; those refused here are the ones whose result is not what their author meant.
/// </summary>
internal static class PipelineOrder
{
    public static void Check(IReadOnlyList<PipelineStep> pipeline, ReadContext context)
    {
        List<PipelineStep> before = [];
        foreach (var step in pipeline)
        {
            if (Objection(step, before) is { } why)
                context.Add(context.At(step), ViolationCodes.PipelineOrder, $"{PipelineSteps.Name(step)}: {why}");
            before.Add(step);
        }
    }

    /// <summary>The steps with the batch step, and with maps that came after it moved right before it: they give the same values there.</summary>
    public static IReadOnlyList<PipelineStep> Arrange(IReadOnlyList<PipelineStep> pipeline, Batch batch)
    {
        var maps = pipeline.SkipWhile(step => step is not Batch).OfType<Map>().ToList();
        var ahead = pipeline.TakeWhile(step => step is not (Batch or Prefetch));
        return [.. ahead, .. maps, batch, .. pipeline.OfType<Prefetch>()];
    }

    private static string? Objection(PipelineStep step, List<PipelineStep> before) => step switch
    {
        _ when step is not (Map or Take or Skip) && before.Any(other => other.GetType() == step.GetType()) => "expected at most once.",
        _ when before.OfType<Prefetch>().Any() => "expected in front of prefetch, which is the last step.",
        Shuffle when before.OfType<Batch>().Any() => "expected in front of batch; after it whole batches would be shuffled, not rows.",
        Cache when before.OfType<Batch>().Any() => "expected in front of batch; after it the batches of the first epoch would stay the same.",
        Take or Skip when before.OfType<Batch>().Any() => "expected in front of batch; after it batches would be counted, not rows.",
        Cache when before.OfType<Shuffle>().Any() => "expected in front of shuffle; after it the order of the first epoch would be kept for all.",
        Take or Skip when before.OfType<Shuffle>().Any() => "expected in front of shuffle; after it every epoch would have other rows.",
        _ => null,
    };
}
