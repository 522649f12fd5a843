using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TrainingService.Client;
using TrainingService.Contracts.Jobs;
using static Microsoft.Playwright.Assertions;

namespace TrainingService.EndToEnd.Tests;

/// <summary>What a person does with a job on the dashboard, in a browser, with the real worker behind it.</summary>
public sealed class VerbStories : IClassFixture<DashboardFixture>
{
    private readonly DashboardFixture _dashboard;

    public VerbStories(DashboardFixture dashboard)
    {
        SetDefaultExpectTimeout(Visit.Patience);
        _dashboard = dashboard;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TrainingServiceClient Client => _dashboard.Service.Client;

    [Fact]
    public async Task A_running_job_is_paused_seen_paused_resumed_and_goes_on_where_it_stood()
    {
        var job = await _dashboard.SubmitAsync("has a break", 10_000);
        await using var visit = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await Expect(EpochRow(visit, 2)).ToBeVisibleAsync();

        await visit["pause-button"].ClickAsync();
        await ExpectStatusAsync(visit, "paused");
        await Expect(visit["pause-button"]).ToHaveCountAsync(0);
        await visit.ShotAsync("job-paused-light");
        var paused = await Client.Jobs.GetAsync(job.Id, Ct);
        Assert.Equal(JobStatus.Paused, paused.Status);
        var checkpoint = Assert.IsType<CheckpointPosition>(paused.Checkpoint);
        await using var list = await _dashboard.OpenAsync("/jobs?status=paused");
        await Expect(list.Row(job.Id)).ToBeVisibleAsync();

        await visit["resume-button"].ClickAsync();
        await ExpectStatusAsync(visit, "running");
        await Expect(EpochRow(visit, checkpoint.Epoch + 2)).ToBeVisibleAsync();
        var attempts = await Client.Jobs.AttemptsAsync(job.Id, Ct);
        Assert.Equal([AttemptOutcome.Paused, null], attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(checkpoint.Epoch, attempts[1].ResumedFromEpoch);
        await Expect(list.Row(job.Id)).ToHaveCountAsync(0);

        await visit["history"].Locator("summary").ClickAsync();
        await Expect(visit["attempt-row"]).ToHaveCountAsync(2);
        await Expect(visit["attempt-row"].First).ToHaveAttributeAsync("data-outcome", "paused");
        await Expect(visit["transition"].Filter(new() { HasText = "pause requested" })).ToHaveCountAsync(1);
        await visit.ShotAsync("job-history-light");

        await visit["cancel-button"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the job" }).ClickAsync();
        await ExpectStatusAsync(visit, "cancelled");
        visit.AssertClean();
        list.AssertClean();
    }

    [Fact]
    public async Task A_running_job_is_deleted_after_a_question_and_whoever_watches_it_is_told()
    {
        var job = await _dashboard.SubmitAsync("nobody wants it", 10_000);
        await using var visit = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await using var watcher = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await Expect(EpochRow(visit, 1)).ToBeVisibleAsync();
        await Expect(EpochRow(watcher, 1)).ToBeVisibleAsync();

        await visit["delete-button"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        Assert.Equal(JobStatus.Running, (await Client.Jobs.GetAsync(job.Id, Ct)).Status);

        await visit["delete-button"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/$"));
        await Expect(visit.Row(job.Id)).ToHaveCountAsync(0);
        await Expect(watcher["empty-state"]).ToContainTextAsync("There is no such job");
        Assert.Equal(404, (await Assert.ThrowsAsync<TrainingServiceException>(() => Client.Jobs.GetAsync(job.Id, Ct))).Problem.Status);
        visit.AssertClean(networkErrors: true);
        watcher.AssertClean(networkErrors: true);

        // The worker is free again: another job gets its turn.
        Assert.Equal(JobStatus.Succeeded, (await Client.Jobs.WaitAsync((await _dashboard.SubmitAsync("next", 1)).Id, Ct)).Status);
    }

    [Fact]
    public async Task A_job_that_no_worker_serves_says_so_is_paused_resumed_cancelled_archived_and_deleted()
    {
        var job = await Client.Jobs.SubmitAsync(With("waits for nobody", ("queue", "nobody")), Ct);
        await using var visit = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await Expect(visit["waiting-for"]).ToContainTextAsync("Waits for a worker");
        await Expect(visit["job-facts"]).ToContainTextAsync("place 1 in queue nobody");
        await visit.ShotAsync("job-waiting-light");

        await visit["pause-button"].ClickAsync();
        await ExpectStatusAsync(visit, "paused");
        await Expect(visit["waiting-for"]).ToHaveCountAsync(0);
        await visit["resume-button"].ClickAsync();
        await ExpectStatusAsync(visit, "queued");
        await visit["cancel-button"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the job" }).ClickAsync();
        await ExpectStatusAsync(visit, "cancelled");

        await visit["archive-button"].ClickAsync();
        await Expect(visit["archived"]).ToBeVisibleAsync();
        await visit.OpenAsync("/jobs?status=cancelled");
        await Expect(visit.Page.Locator("h1")).ToBeVisibleAsync();
        await Expect(visit.Row(job.Id)).ToHaveCountAsync(0);
        await visit["filter-archived"].ClickAsync();
        await visit.Row(job.Id).ClickAsync();
        await visit["unarchive-button"].ClickAsync();
        await Expect(visit["archived"]).ToHaveCountAsync(0);
        await visit["delete-button"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/$"));
        await Expect(visit.Row(job.Id)).ToHaveCountAsync(0);
        visit.AssertClean(networkErrors: true);
    }

    [Fact]
    public async Task A_job_is_cloned_in_the_editor_and_knows_what_it_was_cloned_from()
    {
        var job = await _dashboard.FinishedAsync();
        await using var visit = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await visit["clone-button"].ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Clone a job");
        var spec = JsonNode.Parse(await visit["job-editor"].InputValueAsync())!;

        spec["fit"]!["epochs"] = 0;
        await visit["job-editor"].FillAsync(spec.ToJsonString());
        await visit["submit-button"].ClickAsync();
        await Expect(visit["violation"].Locator(".pointer")).ToContainTextAsync("/fit/epochs");

        spec["fit"]!["epochs"] = 1;
        spec["name"] = "a clone";
        spec["tags"] = new JsonArray("clone");
        await visit["job-editor"].FillAsync(spec.ToJsonString());
        await visit["submit-button"].ClickAsync();
        await Expect(visit["parent-link"]).ToContainTextAsync("clone of");
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("a clone");
        await ExpectStatusAsync(visit, "succeeded");
        var clone = Assert.Single((await Client.Jobs.ListPageAsync(new() { ParentId = job.Id, Tag = "clone" }, cancellationToken: Ct)).Items);
        Assert.Equal((ParentRelation.Clone, 1), (clone.ParentRelation, clone.Epochs));
        await visit["parent-link"].ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync(job.Name);
        visit.AssertClean(networkErrors: true);
    }

    [Fact]
    public async Task An_ended_job_is_trained_further_as_a_new_one()
    {
        var job = await _dashboard.FinishedAsync();
        await using var visit = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await visit["continue-button"].ClickAsync();
        await visit.Page.Locator("#continue-epochs").FillAsync("2");
        await visit.ShotAsync("continue-dialog-light", fullPage: false);
        await visit["continue-start"].ClickAsync();

        await Expect(visit["parent-link"]).ToContainTextAsync("goes on from");
        await ExpectStatusAsync(visit, "succeeded");
        await Expect(EpochRow(visit, 4)).ToBeVisibleAsync();
        var further = await Client.Jobs.GetAsync(Guid.Parse(new Uri(visit.Page.Url).Segments[^1]), Ct);
        Assert.Equal((job.Id, ParentRelation.Continue, 4, 4), (further.ParentId, further.ParentRelation, further.Epoch, further.Epochs));
        visit.AssertClean();
    }

    [Fact]
    public async Task The_workers_are_listed_with_what_they_do()
    {
        await using var visit = await _dashboard.OpenAsync("/workers");
        await Expect(visit["worker-card"]).ToHaveCountAsync(1);
        await Expect(visit["worker-card"]).ToContainTextAsync("cpu");
        await visit.ShotAsync("workers-light");

        var job = await _dashboard.SubmitAsync("occupies a worker", 10_000);
        await Expect(visit["worker-running"]).ToHaveTextAsync(new Regex("^1 / "));
        await Client.Jobs.CancelAsync(job.Id, Ct);
        await Client.Jobs.WaitAsync(job.Id, Ct);
        await Expect(visit["worker-running"]).ToHaveTextAsync(new Regex("^0 / "));
        visit.AssertClean();
    }

    private static string With(string name, params (string Name, JsonNode? Value)[] fields)
    {
        var job = DashboardFixture.Job(name, epochs: 1);
        foreach (var (field, value) in fields)
            job[field] = value;
        return job.ToJsonString();
    }

    private static ILocator EpochRow(Visit visit, int epoch) => visit.Page.Locator($"[data-testid=epoch-row][data-epoch=\"{epoch}\"]");

    private static Task ExpectStatusAsync(Visit visit, string status) => Expect(visit["job-status"]).ToHaveAttributeAsync("data-status", status);
}
