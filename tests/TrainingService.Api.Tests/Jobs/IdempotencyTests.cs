using System.Text;

namespace TrainingService.Api.Tests.Jobs;

/// <summary>A request that makes a job may be sent again: with the same key it makes one.</summary>
public sealed class IdempotencyTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_request_with_the_same_key_is_the_same_job_however_it_is_spaced()
    {
        var key = Guid.NewGuid().ToString();
        var text = ServiceFixture.Job(("/seed", null)).ToJsonString();
        var first = await ServiceFixture.ReadAsync<JobResponse>(await PostAsync("/v1/jobs", key, text), HttpStatusCode.Created);
        await service.PostAsync($"/v1/jobs/{first.Id}/cancel", null);

        var again = await ServiceFixture.ReadAsync<JobResponse>(await PostAsync("/v1/jobs", key, $"  {text}\n"), HttpStatusCode.OK);

        // As it is now: the seed that was drawn the first time, and what has become of it.
        Assert.Equal((first.Id, JobStatus.Cancelled), (again.Id, again.Status));
        Assert.Equal(first.Spec!.Value.GetProperty("seed").GetInt64(), again.Spec!.Value.GetProperty("seed").GetInt64());
    }

    [Fact]
    public async Task The_same_key_with_another_body_or_address_is_refused()
    {
        var key = Guid.NewGuid().ToString();
        var first = await ServiceFixture.ReadAsync<JobResponse>(await PostAsync("/v1/jobs", key, ServiceFixture.Job().ToJsonString()), HttpStatusCode.Created);
        var before = await service.CountJobsAsync();

        foreach (var (path, body) in new[]
        {
            ("/v1/jobs", ServiceFixture.Job(("/name", "another")).ToJsonString()), ("/v1/jobs", ServiceFixture.Job(("/fit/epochs", 0)).ToJsonString()),
            ($"/v1/jobs/{first.Id}/clone", ServiceFixture.Job().ToJsonString()), ($"/v1/jobs/{first.Id}/clone", "{}"), ($"/v1/jobs/{first.Id}/continue", """{"epochs": 1}"""),
        })
        {
            var problem = await ServiceFixture.ProblemAsync(await PostAsync(path, key, body), HttpStatusCode.UnprocessableEntity);
            Assert.Equal("idempotency_key_reused", problem.Code);
            Assert.Contains(key, problem.Detail, StringComparison.Ordinal);
        }
        Assert.Equal(before, await service.CountJobsAsync());
    }

    [Fact]
    public async Task A_hundred_at_once_make_one_job()
    {
        var key = Guid.NewGuid().ToString();
        var text = ServiceFixture.Job().ToJsonString();
        var before = await service.CountJobsAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => PostAsync("/v1/jobs", key, text)));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK, answer.StatusCode.ToString()));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        var jobs = await Task.WhenAll(answers.Select(answer => ServiceFixture.ReadAsync<JobResponse>(answer, answer.StatusCode)));
        Assert.Single(jobs.Select(job => job.Id).Distinct());
        Assert.Equal(before + 1, await service.CountJobsAsync());
    }

    [Theory]
    [InlineData("clone", "{}")]
    [InlineData("continue", """{"epochs": 1}""")]
    public async Task A_copy_is_made_once_also_when_what_it_was_copied_from_is_gone(string verb, string body)
    {
        var run = await service.StartAsync();
        await run.CheckpointAsync(number: 1, epoch: 1);
        await run.FinishAsync();
        var key = Guid.NewGuid().ToString();
        var copy = await ServiceFixture.ReadAsync<JobResponse>(await PostAsync($"/v1/jobs/{run.Id}/{verb}", key, body), HttpStatusCode.Created);
        await service.Http.DeleteAsync($"/v1/jobs/{run.Id}", Ct);

        var again = await ServiceFixture.ReadAsync<JobResponse>(await PostAsync($"/v1/jobs/{run.Id}/{verb}", key, body), HttpStatusCode.OK);

        Assert.Equal((copy.Id, run.Id), (again.Id, again.ParentId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tab\there")]
    [InlineData(null)]
    public async Task A_key_that_is_none_is_named(string? key)
    {
        var problem = await ServiceFixture.ProblemAsync(
            await PostAsync("/v1/jobs", key ?? new string('k', 201), ServiceFixture.Job().ToJsonString()), HttpStatusCode.BadRequest);
        Assert.Equal("Idempotency-Key", Assert.Single(problem.Errors!).Pointer);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await service.Http.SendAsync(request, Ct);
    }
}
