using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Supervision;

public sealed class SilenceWatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silence_past_the_limit_is_noticed_and_words_put_it_off()
    {
        await using var watch = new SilenceWatch(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        var stalled = new TaskCompletionSource();
        await using var registered = watch.Stalled.Register(stalled.SetResult);
        var begun = DateTime.UtcNow;

        using (var words = new PeriodicTimer(TimeSpan.FromMilliseconds(50)))
        {
            for (var i = 0; i < 20 && await words.WaitForNextTickAsync(Ct); i++)
            {
                watch.Heard();
                watch.Listen();
            }
        }
        await stalled.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        Assert.True(DateTime.UtcNow - begun > TimeSpan.FromSeconds(1.4), "Words did not put it off.");
    }

    [Fact]
    public async Task A_worker_that_does_not_listen_takes_nothing_for_silence()
    {
        await using var watch = new SilenceWatch(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        watch.Heard();

        using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(600)))
            await timer.WaitForNextTickAsync(Ct);

        Assert.False(watch.Stalled.IsCancellationRequested);
    }
}
