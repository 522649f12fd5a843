using Npgsql;

namespace TrainingService.Api.Tests.Jobs;

/// <summary>A queue so long that readings of it are shared; on a service of its own, whose other answers would be a moment old.</summary>
public sealed class LongQueueTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Places_in_a_long_queue_are_right_too()
    {
        await AddManyAsync("long", 3_000);
        var last = await SubmitAsync("long", "normal");
        Assert.Equal(3_001L, last.QueuePosition);
        var first = await SubmitAsync("long", "high");
        Assert.Equal(1L, first.QueuePosition);
    }

    private async Task<JobResponse> SubmitAsync(string queue, string priority) => await ServiceFixture.ReadAsync<JobResponse>(
        await service.PostAsync("/v1/jobs", ServiceFixture.Job(("/queue", queue), ("/priority", priority))), HttpStatusCode.Created);

    /// <summary>Copies of a job's row.</summary>
    private async Task AddManyAsync(string queue, int count)
    {
        var job = await SubmitAsync(queue, "normal");
        await ExecuteAsync(
            $"""
            CREATE TEMP TABLE copy AS SELECT * FROM jobs WHERE id = '{job.Id}';
            UPDATE copy SET idempotency_key = NULL;
            INSERT INTO jobs SELECT c.* FROM generate_series(2, {count}) AS n,
                LATERAL (SELECT (jsonb_populate_record(copy, jsonb_build_object('id', md5(n::text)::uuid))).* FROM copy WHERE n > 0) AS c
            """);
        await ExecuteAsync($"UPDATE jobs SET id = ('00000000' || substr(id::text, 9))::uuid WHERE queue = '{queue}' AND id <> '{job.Id}'");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(service.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
