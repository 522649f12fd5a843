using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace TrainingService.Api.Tests.Jobs;

public sealed class JobsApiTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_submitted_job_is_stored_queued_and_found_at_its_address()
    {
        using var response = await service.PostAsync("/v1/jobs", ServiceFixture.Job(("/name", "first"), ("/seed", null)));
        var job = await ServiceFixture.ReadAsync<JobResponse>(response, HttpStatusCode.Created);

        Assert.Equal($"/v1/jobs/{job.Id}", response.Headers.Location?.ToString());
        Assert.Equal(("first", JobStatus.Queued, false, 0, 10, 1L), (job.Name, job.Status, job.IsTerminal, job.Attempt, job.Epochs, job.LastSeq));
        Assert.Equal(7, job.Id.Version);

        var found = await service.GetAsync<JobResponse>(response.Headers.Location!.ToString());
        Assert.Equal(job.Id, found.Id);
        Assert.Equal(225_034, found.Model!.TotalParams);
        var spec = found.Spec!.Value;
        Assert.True(spec.GetProperty("seed").GetInt64() >= 0);
        Assert.Equal("Adam", spec.GetProperty("compile").GetProperty("optimizer").GetProperty("class_name").GetString());
        Assert.Equal(1, spec.GetProperty("fit").GetProperty("validation_freq").GetInt32());
    }

    [Fact]
    public async Task A_submitted_job_is_on_the_queue_by_its_id_alone()
    {
        var job = await ServiceFixture.ReadAsync<JobResponse>(await service.PostAsync("/v1/jobs", ServiceFixture.Job()), HttpStatusCode.Created);

        await using var connection = new NpgsqlConnection(service.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM hangfire.job JOIN hangfire.jobqueue ON jobqueue.jobid = job.id WHERE arguments::text LIKE @id", connection);
        command.Parameters.AddWithValue("id", $"%{job.Id}%");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await command.ExecuteScalarAsync(Ct) is 0L)
            await timer.WaitForNextTickAsync(Ct); // it is put there beside the request
        Assert.Equal(1L, await command.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task A_dry_run_shows_defaults_shapes_and_memory_and_stores_nothing()
    {
        var before = await service.CountJobsAsync();
        var answer = await ServiceFixture.ReadAsync<ValidationResponse>(await service.PostAsync("/v1/jobs:validate", ServiceFixture.Job()), HttpStatusCode.OK);

        Assert.Equal(225_034, answer.Model.TotalParams);
        Assert.Equal("(None, 26, 26, 32)", answer.Model.Layers[0].OutputShape.ToString());
        Assert.Equal(320, answer.Model.Layers[0].Params);
        Assert.True(answer.Memory.TotalBytes > answer.Memory.ParametersBytes);
        Assert.Equal(225_034 * 4, answer.Memory.ParametersBytes);
        Assert.Equal("float32", answer.Spec.GetProperty("model").GetProperty("config").GetProperty("dtype").GetString());
        Assert.Equal(before, await service.CountJobsAsync());
    }

    [Fact]
    public async Task Cancelling_a_queued_job_ends_it_and_cancelling_again_changes_nothing()
    {
        var id = await service.AddAsync();

        var cancelled = await CancelAsync(id);
        Assert.Equal((JobStatus.Cancelled, true, StopReason.UserRequest), (cancelled.Status, cancelled.IsTerminal, cancelled.StopReason));
        var again = await CancelAsync(id);
        Assert.Equal((cancelled.LastSeq, cancelled.EndedAt), (again.LastSeq, again.EndedAt));
    }

    [Fact]
    public async Task Cancelling_a_running_job_marks_it_once_and_leaves_the_end_to_its_worker()
    {
        var run = await service.StartAsync();

        var marked = await CancelAsync(run.Id);
        Assert.Equal((JobStatus.Running, "cancel", false), (marked.Status, marked.Requested, marked.IsTerminal));
        Assert.Equal(marked.LastSeq, (await CancelAsync(run.Id)).LastSeq);
    }

    [Fact]
    public async Task Cancelling_a_finished_job_changes_nothing()
    {
        var run = await service.StartAsync();
        await run.FinishAsync();
        var before = await service.GetAsync<JobResponse>($"/v1/jobs/{run.Id}");

        var after = await CancelAsync(run.Id);

        Assert.Equal((JobStatus.Succeeded, null, before.LastSeq), (after.Status, after.Requested, after.LastSeq));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/cancel")]
    [InlineData("POST", "/pause")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/archive")]
    [InlineData("POST", "/unarchive")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/attempts")]
    [InlineData("GET", "/transitions")]
    [InlineData("GET", "/checkpoints")]
    [InlineData("GET", "/events")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/logs")]
    [InlineData("GET", "/artifacts")]
    [InlineData("GET", "/artifacts/model.safetensors")]
    [InlineData("GET", "/charts/loss")]
    public async Task A_job_that_does_not_exist_is_a_404_that_says_so(string method, string path)
    {
        var id = Guid.CreateVersion7();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/v1/jobs/{id}{path}");
        var problem = await ServiceFixture.ProblemAsync(await service.Http.SendAsync(request, Ct), HttpStatusCode.NotFound);
        Assert.Contains(id.ToString(), problem.Detail, StringComparison.Ordinal);
    }

    private async Task<JobResponse> CancelAsync(Guid id) =>
        await ServiceFixture.ReadAsync<JobResponse>(await service.PostAsync($"/v1/jobs/{id}/cancel", null), HttpStatusCode.OK);
}
