namespace TrainingService.Api.Tests.Jobs;

public sealed class JobListTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Pages_show_every_job_once_newest_first_although_new_jobs_come_in_between()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
            ids.Add(await service.AddAsync("pages"));
        ids.Reverse();

        var first = await ListAsync("?tag=pages&limit=2");
        await service.AddAsync("pages");
        var second = await ListAsync($"?tag=pages&limit=2&after={first.NextCursor}");
        var third = await ListAsync($"?tag=pages&limit=2&after={second.NextCursor}");

        Assert.Equal(ids, [.. first.Items.Concat(second.Items).Concat(third.Items).Select(job => job.Id)]);
        Assert.Null(third.NextCursor);
    }

    [Fact]
    public async Task Lists_are_filtered_by_status_and_tag_and_leave_the_specs_out()
    {
        var queued = await service.AddAsync("filter", "a b&c");
        var running = await service.ClaimAsync(await service.AddAsync("filter"));
        var cancelled = await service.AddAsync("filter");
        await service.PostAsync($"/v1/jobs/{cancelled}/cancel", null);

        Assert.Equal([running.Id], Ids(await ListAsync("?tag=filter&status=running")));
        Assert.Equal([cancelled, queued], Ids(await ListAsync("?tag=filter&status=queued&status=cancelled")));
        Assert.Equal([queued], Ids(await ListAsync($"?tag={Uri.EscapeDataString("a b&c")}")));
        Assert.Empty(Ids(await ListAsync("?tag=nobody")));
        var job = Assert.Single((await ListAsync("?tag=filter&status=running")).Items);
        Assert.Null(job.Spec);
        Assert.Null(job.Model);
        Assert.Equal((1, JobPhase.Preparing), (job.Attempt, job.Phase));
    }

    [Theory]
    [InlineData("?limit=0", "?limit")]
    [InlineData("?limit=1001", "?limit")]
    [InlineData("?limit=ten", "?limit")]
    [InlineData("?limit=99999999999", "?limit")]
    [InlineData("?after=yesterday", "?after")]
    [InlineData("?status=done", "?status")]
    [InlineData("?status=1", "?status")]
    [InlineData("?tag=%00", "?tag")]
    [InlineData("?queue=GPU", "?queue")]
    [InlineData("?parent_id=mine", "?parent_id")]
    [InlineData("?archived=maybe", "?archived")]
    public async Task Wrong_parameters_are_named(string query, string pointer)
    {
        var response = await service.Http.GetAsync($"/v1/jobs{query}", TestContext.Current.CancellationToken);
        var problem = await ServiceFixture.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(pointer, Assert.Single(problem.Errors!).Pointer);
    }

    private Task<Page<JobResponse>> ListAsync(string query) => service.GetAsync<Page<JobResponse>>($"/v1/jobs{query}");

    private static Guid[] Ids(Page<JobResponse> page) => [.. page.Items.Select(job => job.Id)];
}
