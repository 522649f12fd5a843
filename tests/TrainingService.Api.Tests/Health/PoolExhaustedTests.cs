using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TrainingService.Api.Problems;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Tests.Health;

public sealed class PoolExhaustedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("training-full-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Somebody takes every connection that the server has, and then a lock that everything needs.</summary>
    [Fact]
    public async Task F14_without_a_connection_or_behind_a_lock_the_answer_is_503_and_when_to_come_back_and_no_request_hangs()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = _folder }, NullLogger.Instance, Ct);
        await using var service = await ServiceFixture.StartAsync(postgres.ConnectionString);
        var id = await service.AddAsync();
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync($"/v1/jobs/{id}", Ct)).StatusCode);

        await using (var hogs = await Hogs.TakeAllAsync(postgres.ConnectionString, Ct))
        {
            // A burst that the service's idle connections cannot serve.
            var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync(service, id)));
            Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, answer.StatusCode.ToString()));
            Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
            foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
                await AssertAwayAsync(refused);

            await hogs.LockJobsAsync(Ct);
            await AssertAwayAsync(await AskAsync(service, id));
            await AssertAwayAsync(await service.PostAsync("/v1/jobs", ServiceFixture.Job()));
        }

        // Nothing is left of it: the same requests are answered at once.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(service, id)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync("/v1/jobs", ServiceFixture.Job())).StatusCode);
        Assert.Equal(2, await service.CountJobsAsync());
    }

    [Theory]
    [InlineData("Host=db;Database=x", "Timeout=4", "Command Timeout=8")]
    [InlineData("Host=db;Database=x;Timeout=30;CommandTimeout=60", "Timeout=30", "Command Timeout=60")]
    public void What_the_connection_string_says_goes_before(string given, params string[] expected)
    {
        var bounded = DatabasePatience.Bounded(given).Split(';');
        Assert.All(expected, part => Assert.Contains(part, bounded));
    }

    private static async Task<HttpResponseMessage> AskAsync(ServiceFixture service, Guid id)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await service.Http.GetAsync($"/v1/jobs/{id}", Ct);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"The answer took {Stopwatch.GetElapsedTime(started)}.");
        return answer;
    }

    private static async Task AssertAwayAsync(HttpResponseMessage response)
    {
        Assert.Equal("unavailable", (await ServiceFixture.ProblemAsync(response, HttpStatusCode.ServiceUnavailable)).Code);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
    }

    /// <summary>Connections with open transactions, as many as the server gives.</summary>
    private sealed class Hogs : IAsyncDisposable
    {
        private readonly List<NpgsqlConnection> _connections = [];

        public static async Task<Hogs> TakeAllAsync(string connectionString, CancellationToken ct)
        {
            var hogs = new Hogs();
            var alone = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
            try
            {
                while (true)
                {
                    var connection = new NpgsqlConnection(alone);
                    await connection.OpenAsync(ct);
                    hogs._connections.Add(connection);
                    await new NpgsqlCommand("BEGIN", connection).ExecuteNonQueryAsync(ct);
                }
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                return hogs;
            }
        }

        public Task LockJobsAsync(CancellationToken ct) => new NpgsqlCommand("LOCK TABLE jobs", _connections[0]).ExecuteNonQueryAsync(ct);

        public async ValueTask DisposeAsync()
        {
            foreach (var connection in _connections)
                await connection.DisposeAsync();
        }
    }
}
