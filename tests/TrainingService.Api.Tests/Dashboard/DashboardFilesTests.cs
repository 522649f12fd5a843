namespace TrainingService.Api.Tests.Dashboard;

public sealed class DashboardFilesTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs")]
    [InlineData("/jobs/019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b")]
    public async Task A_page_survives_a_hard_reload(string path)
    {
        using var response = await service.Http.GetAsync(path, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<html", await response.Content.ReadAsStringAsync(Ct), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/nothing.js")]
    [InlineData("/_framework/nothing")]
    public async Task A_file_that_is_not_there_is_a_404_and_no_page(string path) =>
        await ServiceFixture.ProblemAsync(await service.Http.GetAsync(path, Ct), HttpStatusCode.NotFound);
}
