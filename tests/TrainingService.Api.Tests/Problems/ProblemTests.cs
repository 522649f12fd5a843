using System.Net.Http.Headers;
using System.Text;

namespace TrainingService.Api.Tests.Problems;

public sealed class ProblemTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/jobs/not-a-uuid")]
    [InlineData("/hubs/nothing")]
    [InlineData("/healthz/nothing")]
    [InlineData("/v1/jobs/../../etc/passwd.txt")]
    public async Task An_unknown_address_is_a_404_problem(string path) =>
        Assert.Equal("route_not_found", (await ServiceFixture.ProblemAsync(await service.Http.GetAsync(path, Ct), HttpStatusCode.NotFound)).Code);

    [Fact]
    public async Task A_wrong_method_is_a_405_problem_that_says_which_fit()
    {
        var response = await service.Http.DeleteAsync("/v1/jobs", Ct);
        var problem = await ServiceFixture.ProblemAsync(response, HttpStatusCode.MethodNotAllowed);
        Assert.Contains("POST", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("GET", response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_a_415_problem(string? type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var problem = await ServiceFixture.ProblemAsync(await service.Http.PostAsync("/v1/jobs", content, Ct), HttpStatusCode.UnsupportedMediaType);
        Assert.Equal("unsupported_media_type", problem.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_past_the_limit_is_a_413_problem(bool declared)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = new ByteArrayContent(new byte[Server.MaxBodyBytes + 1]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = !declared;
        // Without it the server closes the connection on a client that is still sending.
        request.Headers.ExpectContinue = true;
        var problem = await ServiceFixture.ProblemAsync(await service.Http.SendAsync(request, Ct), HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("body_too_large", problem.Code);
    }

    [Fact]
    public async Task A_utf8_mark_before_the_body_does_no_harm()
    {
        var content = new ByteArrayContent([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(ServiceFixture.Job().ToJsonString())]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        await ServiceFixture.ReadAsync<ValidationResponse>(await service.Http.PostAsync("/v1/jobs:validate", content, Ct), HttpStatusCode.OK);
    }
}
