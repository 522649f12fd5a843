using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using TrainingService.Domain.Jobs;

namespace TrainingService.Api.Tests.Jobs;

public sealed class AgreementTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A job through all its statuses, and after each step the same answer from everybody.</summary>
    [Fact]
    public async Task I21_list_detail_events_transitions_and_hub_agree_on_where_a_job_stands()
    {
        await using var hub = service.Hub();
        await hub.StartAsync(Ct);
        var id = await service.AddAsync("agreement");
        await using var changes = hub.StreamAsync<JobResponse>("Jobs", Ct).GetAsyncEnumerator(Ct);
        Run? run = null;
        foreach (var (step, expected, requested) in new (Func<Task>, JobStatus, string?)[]
        {
            (() => Task.CompletedTask, JobStatus.Queued, null),
            (() => AskAsync(id, "pause"), JobStatus.Paused, null),
            (() => AskAsync(id, "resume"), JobStatus.Queued, null),
            (async () => run = await service.ClaimAsync(id), JobStatus.Running, null),
            (() => AskAsync(id, "pause"), JobStatus.Running, "pause"),
            (() => service.Store.TryPauseAsync(id, run!.Attempt, Ct), JobStatus.Paused, null),
            (() => AskAsync(id, "resume"), JobStatus.Queued, null),
            (async () => run = await service.ClaimAsync(id), JobStatus.Running, null),
            (() => AskAsync(id, "cancel"), JobStatus.Running, "cancel"),
            (() => service.Store.TryHandBackAsync(id, run!.Attempt, new HandBack("it stopped", CountAttempt: false), Ct), JobStatus.Cancelled, null),
        })
        {
            await step();
            await AgreeAsync(id, expected, requested, changes);
        }
    }

    private async Task AgreeAsync(Guid id, JobStatus status, string? requested, IAsyncEnumerator<JobResponse> hub)
    {
        var detail = await service.GetAsync<JobResponse>($"/v1/jobs/{id}");
        Assert.Equal((status, requested), (detail.Status, detail.Requested));
        var listed = Assert.Single((await service.GetAsync<Page<JobResponse>>("/v1/jobs?tag=agreement")).Items);
        Assert.Equal(State(detail), State(listed));
        while (await hub.MoveNextAsync())
            if (hub.Current is { } seen && seen.Id == id && seen.LastSeq == detail.LastSeq)
                break;
        Assert.Equal(State(detail), State(hub.Current));

        var last = (await service.GetAsync<Page<JobEvent>>($"/v1/jobs/{id}/events")).Items[^1];
        Assert.Equal(detail.LastSeq, last.Seq);
        var told = last.Data.Deserialize<JsonElement>(ContractsJson.Options);
        Assert.Equal(ContractsJson.Options.PropertyNamingPolicy!.ConvertName(status.ToString()), told.GetProperty("status").GetString());
        if (last.Type == EventTypes.Status)
            Assert.Equal(requested, told.GetProperty("requested").GetString());
        var change = (await service.GetAsync<IReadOnlyList<TransitionResponse>>($"/v1/jobs/{id}/transitions"))[^1];
        Assert.Equal((last.Seq, told.GetProperty("status").GetString(), requested), (change.Seq, change.Status, change.Requested));
    }

    private static object State(JobResponse job) => (
        job.Status, job.IsTerminal, job.Phase, job.StopReason, job.Requested, job.RequestedAt, job.PausedAt, job.ArchivedAt, job.Attempt,
        job.Epoch, job.Epochs, job.LastSeq, job.Queue, job.Priority, job.QueuePosition, job.StartedAt, job.EndedAt, job.NotBefore, job.WaitingFor);

    private Task<HttpResponseMessage> AskAsync(Guid id, string verb) => service.PostAsync($"/v1/jobs/{id}/{verb}", null);
}
