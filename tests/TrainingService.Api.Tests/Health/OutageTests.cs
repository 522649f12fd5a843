using TrainingService.Testing;

namespace TrainingService.Api.Tests.Health;

public sealed class OutageTests : IAsyncLifetime
{
    private readonly ServiceFixture _service = new();

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task While_the_database_is_away_the_service_lives_is_not_ready_and_asks_to_come_back()
    {
        var ct = TestContext.Current.CancellationToken;
        Assert.Equal(HttpStatusCode.OK, (await _service.Http.GetAsync("/healthz/ready", ct)).StatusCode);

        await (await TestPostgres.StartedAsync()).DropAsync(_service.ConnectionString);

        Assert.Equal(HttpStatusCode.OK, (await _service.Http.GetAsync("/healthz/live", ct)).StatusCode);
        var ready = await _service.Http.GetAsync("/healthz/ready", ct);
        await ServiceFixture.ProblemAsync(ready, HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(ready.Headers.RetryAfter);
    }
}
