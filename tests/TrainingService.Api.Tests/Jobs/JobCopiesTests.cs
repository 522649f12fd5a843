using System.Text.Json;

namespace TrainingService.Api.Tests.Jobs;

/// <summary>Jobs made of others: more epochs, or the same with changes.</summary>
public sealed class JobCopiesTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clone_has_its_parents_spec_but_for_what_was_changed()
    {
        var parent = await SubmitAsync(("/tags", new JsonArray("one", "two")), ("/seed", 7));
        var patch = JsonNode.Parse("""{"name": "other", "fit": {"epochs": 3, "callbacks": null}, "tags": ["three"], "compile": {"optimizer": {"config": {"learning_rate": 0.01}}}}""")!;

        using var response = await service.PostAsync($"/v1/jobs/{parent.Id}/clone", patch);
        var clone = await ServiceFixture.ReadAsync<JobResponse>(response, HttpStatusCode.Created);

        Assert.Equal($"/v1/jobs/{clone.Id}", response.Headers.Location?.ToString());
        Assert.Equal((parent.Id, ParentRelation.Clone, "other", 3, JobStatus.Queued), (clone.ParentId, clone.ParentRelation, clone.Name, clone.Epochs, clone.Status));
        Assert.Equal(["three"], clone.Tags);
        Assert.Equal(7, clone.Spec!.Value.GetProperty("seed").GetInt64());
        var optimizer = clone.Spec!.Value.GetProperty("compile").GetProperty("optimizer");
        Assert.Equal(("Adam", 0.01), (optimizer.GetProperty("class_name").GetString(), optimizer.GetProperty("config").GetProperty("learning_rate").GetDouble()));
        Assert.Equal(0, clone.Spec!.Value.GetProperty("fit").GetProperty("callbacks").GetArrayLength());
        Assert.True(JsonElement.DeepEquals(parent.Spec!.Value.GetProperty("model"), clone.Spec!.Value.GetProperty("model")));
        Assert.Equal(clone.Id, Assert.Single((await service.GetAsync<Page<JobResponse>>($"/v1/jobs?parent_id={parent.Id}")).Items).Id);
    }

    [Fact]
    public async Task A_clone_without_changes_resolves_to_the_very_same_spec()
    {
        var parent = await SubmitAsync();
        var clone = await ServiceFixture.ReadAsync<JobResponse>(
            await service.PostAsync($"/v1/jobs/{parent.Id}/clone", new JsonObject()), HttpStatusCode.Created);
        Assert.True(JsonElement.DeepEquals(parent.Spec!.Value, clone.Spec!.Value));
        Assert.NotEqual(parent.Id, clone.Id);
    }

    [Theory]
    [InlineData("""{"fit": {"epochs": 0}, "compile": {"optimzer": "adam"}}""", "/fit/epochs", "/compile/optimzer")]
    [InlineData("""{"model": {"config": {"layers": []}}}""", "/model")]
    [InlineData("""[1]""", "")]
    [InlineData("""{"fit": {"epochs": 1, "epochs": 2}}""", "/fit/epochs")]
    public async Task A_patch_that_makes_no_job_is_refused_with_pointers_into_the_merged_document(string patch, params string[] pointers)
    {
        var parent = await SubmitAsync();
        var before = await service.CountJobsAsync();
        using var body = new StringContent(patch, null, "application/merge-patch+json");

        var problem = await ServiceFixture.ProblemAsync(await service.Http.PostAsync($"/v1/jobs/{parent.Id}/clone", body, Ct), HttpStatusCode.BadRequest);

        foreach (var pointer in pointers)
            Assert.Contains(problem.Errors!, error => error.Pointer.StartsWith(pointer, StringComparison.Ordinal));
        Assert.Equal(before, await service.CountJobsAsync());
    }

    [Fact]
    public async Task A_job_goes_on_for_more_epochs_from_its_last_checkpoint_as_a_new_one()
    {
        var run = await service.StartAsync();
        await run.CheckpointAsync(number: 1, epoch: 1);
        await run.CheckpointAsync(number: 2, epoch: 2);
        await run.FinishAsync();

        var job = await ServiceFixture.ReadAsync<JobResponse>(await ContinueAsync(run.Id, 5), HttpStatusCode.Created);

        Assert.Equal((run.Id, ParentRelation.Continue, JobStatus.Queued), (job.ParentId, job.ParentRelation, job.Status));
        var fit = job.Spec!.Value.GetProperty("fit");
        Assert.Equal((7, 2), (fit.GetProperty("epochs").GetInt32(), fit.GetProperty("initial_epoch").GetInt32()));
        Assert.Equal((2, 7, new CheckpointPosition(2, 2, 0)), (job.Epoch, job.Epochs, job.Checkpoint));
        var claim = await service.Store.TryClaimAsync(job.Id, "worker", TimeSpan.FromMinutes(1), Ct);
        Assert.Equal([2L, 1L], claim!.Checkpoints!.Select(checkpoint => checkpoint.Number));
        Assert.Equal(JobStatus.Succeeded, (await service.GetAsync<JobResponse>($"/v1/jobs/{run.Id}")).Status);
    }

    [Fact]
    public async Task A_job_that_has_not_ended_or_kept_nothing_cannot_be_continued()
    {
        var run = await service.StartAsync();
        foreach (var status in new[] { "running", "succeeded" })
        {
            var problem = await ServiceFixture.ProblemAsync(await ContinueAsync(run.Id, 1), HttpStatusCode.Conflict);
            Assert.Contains("has ended and has a checkpoint", problem.Detail, StringComparison.Ordinal);
            Assert.Contains($"it is {status}", problem.Detail, StringComparison.Ordinal);
            if (status == "running")
                await run.FinishAsync();
        }
    }

    [Theory]
    [InlineData("{}", "/epochs")]
    [InlineData("""{"epochs": 0}""", "/epochs")]
    [InlineData("""{"epochs": 1.5}""", "/epochs")]
    [InlineData("""{"epochs": 5, "epoch": 6}""", "/epoch")]
    [InlineData("[]", "")]
    public async Task A_wrong_number_of_epochs_is_refused_at_its_place(string body, string pointer)
    {
        var run = await service.StartAsync();
        await run.FinishAsync();
        using var content = new StringContent(body, null, "application/json");
        var problem = await ServiceFixture.ProblemAsync(await service.Http.PostAsync($"/v1/jobs/{run.Id}/continue", content, Ct), HttpStatusCode.BadRequest);
        Assert.Equal(pointer, Assert.Single(problem.Errors!).Pointer);
    }

    [Fact]
    public async Task More_epochs_than_a_job_can_have_are_refused_at_the_callers_own_field()
    {
        var run = await service.StartAsync();
        await run.CheckpointAsync(number: 1, epoch: 10);
        await run.FinishAsync();
        var problem = await ServiceFixture.ProblemAsync(await ContinueAsync(run.Id, 1_000_000), HttpStatusCode.BadRequest);
        var violation = Assert.Single(problem.Errors!);
        Assert.Equal("/epochs", violation.Pointer);
        Assert.Contains("999990", violation.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("continue", """{"epochs": 1}""")]
    [InlineData("clone", "{}")]
    public async Task There_is_nothing_to_copy_of_a_job_that_is_not_there(string verb, string body)
    {
        using var content = new StringContent(body, null, "application/json");
        await ServiceFixture.ProblemAsync(await service.Http.PostAsync($"/v1/jobs/{Guid.CreateVersion7()}/{verb}", content, Ct), HttpStatusCode.NotFound);
    }

    private Task<HttpResponseMessage> ContinueAsync(Guid id, int epochs) => service.PostAsync($"/v1/jobs/{id}/continue", new JsonObject { ["epochs"] = epochs });

    private async Task<JobResponse> SubmitAsync(params (string, JsonNode?)[] changes) =>
        await ServiceFixture.ReadAsync<JobResponse>(await service.PostAsync("/v1/jobs", ServiceFixture.Job(changes)), HttpStatusCode.Created);
}
