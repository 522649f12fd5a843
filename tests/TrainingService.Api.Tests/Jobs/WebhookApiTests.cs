using System.Text.Json.Nodes;

namespace TrainingService.Api.Tests.Jobs;

public sealed class WebhookApiTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static JsonObject JobTo(string root) => ServiceFixture.Job(
        ("/fit/callbacks", new JsonArray(new JsonObject { ["class_name"] = "RemoteMonitor", ["config"] = new JsonObject { ["root"] = root } })));

    [Theory]
    [InlineData("/v1/jobs")]
    [InlineData("/v1/jobs:validate")]
    public async Task C01_A_receiver_inside_the_network_is_refused_at_submission(string path)
    {
        var problem = await ServiceFixture.ProblemAsync(await service.PostAsync(path, JobTo("http://169.254.169.254")), HttpStatusCode.BadRequest);
        Assert.Equal("/fit/callbacks/0/config/root", Assert.Single(problem.Errors!).Pointer);
    }

    [Fact]
    public async Task A_webhook_tells_how_far_it_has_come()
    {
        var job = await ServiceFixture.ReadAsync<JobResponse>(await service.PostAsync("/v1/jobs", JobTo("https://example.com")), HttpStatusCode.Created);
        var webhook = Assert.Single(await service.GetAsync<IReadOnlyList<WebhookResponse>>($"/v1/jobs/{job.Id}/webhooks"));
        Assert.Equal((0, true, 0, 0), (webhook.Number, webhook.Active, webhook.Delivered, webhook.Dead));
    }
}
