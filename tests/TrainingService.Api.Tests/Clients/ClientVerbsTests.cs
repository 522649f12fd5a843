using System.Text.Json;
using TrainingService.Client;
using TrainingService.Client.Jobs;

namespace TrainingService.Api.Tests.Clients;

/// <summary>The typed client against the service itself: every verb and every reading.</summary>
public sealed class ClientVerbsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TrainingServiceClient Client => new(service.Http);

    [Fact]
    public async Task A_job_is_paused_resumed_cancelled_archived_and_deleted()
    {
        var jobs = Client.Jobs;
        var id = (await jobs.SubmitAsync(ServiceFixture.Job().ToJsonString(), Ct)).Id;
        Assert.Equal(JobStatus.Paused, (await jobs.PauseAsync(id, Ct)).Status);
        Assert.Equal(JobStatus.Queued, (await jobs.ResumeAsync(id, Ct)).Status);
        var refused = await Assert.ThrowsAsync<TrainingServiceException>(() => jobs.ArchiveAsync(id, Ct));
        Assert.Equal((409, "conflict"), (refused.Problem.Status, refused.Problem.Code));
        Assert.Equal(JobStatus.Cancelled, (await jobs.CancelAsync(id, Ct)).Status);
        Assert.NotNull((await jobs.ArchiveAsync(id, Ct)).ArchivedAt);
        Assert.DoesNotContain(await jobs.ListAsync(cancellationToken: Ct).ToListAsync(Ct), job => job.Id == id);
        Assert.Contains(await jobs.ListAsync(new JobQuery { Archived = true }, Ct).ToListAsync(Ct), job => job.Id == id);
        Assert.Null((await jobs.UnarchiveAsync(id, Ct)).ArchivedAt);
        Assert.Equal(["queued", "paused", "queued", "cancelled"], (await jobs.TransitionsAsync(id, Ct)).Select(change => change.Status));

        await jobs.DeleteAsync(id, Ct);
        await jobs.DeleteAsync(id, Ct);
        Assert.Equal(404, (await Assert.ThrowsAsync<TrainingServiceException>(() => jobs.GetAsync(id, Ct))).Problem.Status);
    }

    [Fact]
    public async Task An_ended_job_is_continued_and_cloned_once_per_key()
    {
        var jobs = Client.Jobs;
        var run = await service.StartAsync();
        await run.CheckpointAsync(number: 1, epoch: 4, best: true);
        await run.FinishAsync();

        var continued = await jobs.ContinueAsync(run.Id, 2, "continue-once", Ct);
        Assert.Equal((run.Id, ParentRelation.Continue, 6), (continued.ParentId, continued.ParentRelation, continued.Epochs));
        Assert.Equal(continued.Id, (await jobs.ContinueAsync(run.Id, 2, "continue-once", Ct)).Id);
        var clone = await jobs.CloneAsync(run.Id, """{"fit": {"epochs": 1}, "queue": "elsewhere"}""", cancellationToken: Ct);
        Assert.Equal((run.Id, ParentRelation.Clone, 1, "elsewhere"), (clone.ParentId, clone.ParentRelation, clone.Epochs, clone.Queue));
        Assert.NotEqual(clone.Id, (await jobs.CloneAsync(run.Id, (JsonElement?)null, cancellationToken: Ct)).Id);
        Assert.Equal(3, (await jobs.ListPageAsync(new JobQuery { ParentId = run.Id }, cancellationToken: Ct)).Items.Count);
        Assert.Equal(clone.Id, Assert.Single((await jobs.ListPageAsync(new JobQuery { Queue = "elsewhere" }, cancellationToken: Ct)).Items).Id);

        var checkpoint = Assert.Single(await jobs.CheckpointsAsync(run.Id, Ct));
        Assert.Equal((1L, 4, true, true), (checkpoint.Number, checkpoint.Epoch, checkpoint.IsBest, checkpoint.IsLatest));
        Assert.Equal(AttemptOutcome.Succeeded, Assert.Single(await jobs.AttemptsAsync(run.Id, Ct)).Outcome);
        Assert.Empty(await Client.Workers.ListAsync(Ct));
    }

    [Fact]
    public async Task A_submission_with_a_key_of_its_own_makes_one_job()
    {
        var text = ServiceFixture.Job().ToJsonString();
        var first = await Client.Jobs.SubmitAsync(text, "my-own", Ct);
        Assert.Equal(first.Id, (await Client.Jobs.SubmitAsync(text, "my-own", Ct)).Id);
        var refused = await Assert.ThrowsAsync<TrainingServiceException>(() => Client.Jobs.SubmitAsync(ServiceFixture.Job(("/name", "other")).ToJsonString(), "my-own", Ct));
        Assert.Equal((422, "idempotency_key_reused"), (refused.Problem.Status, refused.Problem.Code));
    }

    [Fact]
    public async Task Whoever_watches_a_job_that_is_deleted_is_told_so()
    {
        var run = await service.StartAsync();
        await using var events = Client.Jobs.EventsAsync(run.Id, cancellationToken: Ct).GetAsyncEnumerator(Ct);
        Assert.True(await events.MoveNextAsync());
        Assert.True(await events.MoveNextAsync());

        await Client.Jobs.DeleteAsync(run.Id, Ct);

        var error = await Assert.ThrowsAsync<TrainingServiceException>(async () => await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), Ct));
        Assert.Contains(run.Id.ToString(), error.Message, StringComparison.Ordinal);
    }
}
