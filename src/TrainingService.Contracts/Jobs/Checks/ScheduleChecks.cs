using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks the schedules of learning rates by going through them.</summary>
/// <param name="context">Where violations go.</param>
/// <param name="initialEpoch">The first epoch, from 0.</param>
/// <param name="epochs">The epoch at which training ends.</param>
/// <param name="initialRate">The optimizer's first rate, or null when it has none of its own.</param>
internal sealed class ScheduleChecks(ReadContext context, int initialEpoch, int epochs, double? initialRate)
{
    /// <summary>A formula that holds for so many epochs is taken to hold; a run looks again.</summary>
    private const int MostEpochs = 10_000;

    public void Check(LearningRateScheduler scheduler)
    {
        var pointer = context.Field(scheduler, "schedule");
        if (scheduler.Schedule.Rates is { } rates)
        {
            if (rates.Count < epochs)
                context.Add(pointer, ViolationCodes.Conflict, $"expected a rate for each of the {epochs} epochs. Received: {rates.Count}.");
            return;
        }
        // One of Keras's schedules gives a rate everywhere, and without the optimizer there is no rate to begin with.
        if (scheduler.Schedule.Decay is not null || initialRate is not { } rate)
            return;
        try
        {
            for (var epoch = initialEpoch; epoch < Math.Min(epochs, initialEpoch + MostEpochs); epoch++)
                rate = (float)scheduler.Schedule.RateAt(epoch, (float)rate);
        }
        catch (SpecException broken)
        {
            context.Add(pointer, ViolationCodes.OutOfRange, broken.Message);
        }
    }
}
