using TrainingService.Contracts.Schedules;
using TrainingService.Engine.Schedules;

namespace TrainingService.Engine.Tests.Schedules;

public class ScheduleTests
{
    [Fact]
    public void A_warm_up_leads_to_a_rate_or_into_a_schedule()
    {
        var constant = ScheduleTable.Find(new LinearWarmup(0.1, 4, 0.02));
        Assert.Equal([0.02f, 0.04f, 0.06f, 0.08f, 0.1f, 0.1f], Enumerable.Range(0, 6).Select(step => MathF.Round(constant(step), 6)));
        var decaying = ScheduleTable.Find(new LinearWarmup(new ExponentialDecay(0.8, 1, 0.5), 2));
        Assert.Equal([0f, 0.4f, 0.8f, 0.4f, 0.2f], Enumerable.Range(0, 5).Select(step => MathF.Round(decaying(step), 6)));
    }

    [Fact]
    public void One_cycle_goes_up_and_down_once()
    {
        var rate = ScheduleTable.Find(new OneCycle(1, 100, 0.3, 25, 1e4));
        Assert.Equal(0.04f, rate(0), 1e-7f);
        Assert.Equal(0.52f, rate(15), 1e-6f);
        Assert.Equal(1f, rate(30), 1e-7f);
        Assert.Equal(0.5f, rate(65), 1e-5f);
        Assert.Equal(0.04f / 1e4f, rate(100), 1e-9f);
        Assert.Equal(0.04f / 1e4f, rate(1000), 1e-9f);
    }

    [Fact]
    public void Boundaries_between_steps_are_cut_as_Keras_cuts_them()
    {
        var rate = ScheduleTable.Find(new PiecewiseConstantDecay([2.9, 5], [3, 2, 1]));
        Assert.Equal([3f, 3f, 3f, 2f, 2f, 2f, 1f], Enumerable.Range(0, 7).Select(step => rate(step)));
    }
}
