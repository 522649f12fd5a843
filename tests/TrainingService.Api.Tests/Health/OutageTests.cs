using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Api.Events;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Tests.Health;

public sealed class OutageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("training-outage-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task While_the_database_is_away_the_service_lives_and_asks_to_come_back_and_who_watches_misses_nothing()
    {
        var postgres = await StartPostgresAsync();
        await using var service = await ServiceFixture.StartAsync(postgres.ConnectionString);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/healthz/ready", Ct)).StatusCode);
        var run = await service.StartAsync();
        await using var watched = service.Get<EventRelay>().FollowAsync(run.Id, 0, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watched.MoveNextAsync());
        Assert.True(await watched.MoveNextAsync());

        await postgres.DisposeAsync();

        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/healthz/live", Ct)).StatusCode);
        foreach (var path in new[] { "/healthz/ready", "/v1/jobs", $"/v1/jobs/{run.Id}", $"/v1/jobs/{run.Id}/events" })
            await AssertAwayAsync(await service.Http.GetAsync(path, Ct));
        await AssertAwayAsync(await service.PostAsync("/v1/jobs", ServiceFixture.Job()));

        await using var again = await StartPostgresAsync();

        Assert.Equal(again.ConnectionString, service.ConnectionString);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/healthz/ready", Ct)).StatusCode);
        Assert.Equal(1, await service.CountJobsAsync());
        await run.LogAsync("after the outage");
        Assert.True(await watched.MoveNextAsync());
        Assert.Equal((3L, EventTypes.Log), (watched.Current.Seq, watched.Current.Type));
    }

    private static async Task AssertAwayAsync(HttpResponseMessage response)
    {
        var problem = await ServiceFixture.ProblemAsync(response, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("unavailable", problem.Code);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
    }

    private async Task<EmbeddedPostgres> StartPostgresAsync() =>
        await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = _folder }, NullLogger.Instance, Ct);
}
