using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Queue;

public sealed class TrainingQueueTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(Ct);
        _services = new ServiceCollection().AddLogging().AddSingleton(new TrainingConnection(_database.ConnectionString))
            .AddTrainingQueueStorage().AddSingleton<TrainingQueue>().BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public void X5_the_jobs_of_lost_workers_come_before_the_backlog()
    {
        var queue = _services.GetRequiredService<TrainingQueue>();
        var (first, second, lost) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        queue.Enqueue(new Offer(first, "gpu", QueueLane.Normal));
        queue.Enqueue(new Offer(second, "cpu", QueueLane.Normal));
        queue.Enqueue(new Offer(lost, "gpu", QueueLane.Again));

        Assert.Equal([lost, second, first], [Fetch(), Fetch(), Fetch()]);
    }

    [Fact]
    public void What_is_queued_names_the_runner_and_the_job_and_is_not_repeated_by_the_queue()
    {
        var id = Guid.CreateVersion7();
        _services.GetRequiredService<TrainingQueue>().Enqueue(new Offer(id, "cpu", QueueLane.Normal));

        using var connection = _services.GetRequiredService<JobStorage>().GetConnection();
        using var fetched = connection.FetchNextJob([.. TrainingQueue.NamesOf(["gpu", "cpu"])], Ct);
        var job = connection.GetJobData(fetched.JobId).Job;
        Assert.Equal((typeof(ITrainingRunner), nameof(ITrainingRunner.RunAsync)), (job.Type, job.Method.Name));
        Assert.Equal(id, job.Args[0]);
        var retry = Assert.Single(job.Method.GetCustomAttributes(typeof(AutomaticRetryAttribute), true).Cast<AutomaticRetryAttribute>());
        Assert.Equal((0, AttemptsExceededAction.Delete), (retry.Attempts, retry.OnAttemptsExceeded));
    }

    [Fact]
    public void X2_a_long_training_is_not_handed_out_a_second_time()
    {
        var options = Assert.IsType<PostgreSqlStorageOptions>(TrainingQueueStorage.Options);

        Assert.True(options.UseSlidingInvisibilityTimeout);
        Assert.InRange(options.InvisibilityTimeout, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    private Guid Fetch()
    {
        using var connection = _services.GetRequiredService<JobStorage>().GetConnection();
        using var fetched = connection.FetchNextJob([.. TrainingQueue.NamesOf(["gpu", "cpu"])], Ct);
        fetched.RemoveFromQueue();
        return (Guid)connection.GetJobData(fetched.JobId).Job.Args[0];
    }
}
