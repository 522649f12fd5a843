using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class AppendTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task X11_numbers_have_no_gap_and_a_reader_misses_nothing_while_several_write()
    {
        const int Writers = 6, Writes = 20, EventsPerWrite = 3;
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        var expected = 2 + Writers * Writes * EventsPerWrite;

        async Task WriteAsync(int writer)
        {
            for (var i = 0; i < Writes; i++)
                Assert.True(await domain.Store.TryAppendAsync(
                    id, claim.Attempt, [.. Enumerable.Range(0, EventsPerWrite).Select(n => DomainFixture.Log($"{writer}/{i}/{n}"))], null, Ct));
        }

        async Task<List<JobEvent>> FollowAsync()
        {
            var seen = new List<JobEvent>();
            while (seen.Count < expected)
                seen.AddRange(await domain.Store.ReadEventsAsync(id, seen.Count, 50, Ct));
            return seen;
        }

        var following = FollowAsync();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));
        var events = await following;

        Assert.Equal(Enumerable.Range(1, expected).Select(seq => (long?)seq), events.Select(e => e.Seq));
        Assert.Equal(expected, (await domain.ReadJobAsync(id, Ct)).LastSeq);
        var messages = events.Skip(2).Select(e => e.Data.Deserialize<LogEvent>(ContractsJson.Options)!.Message).ToList();
        Assert.Equal(messages.Count, messages.Distinct().Count());
        // The events of one write stand together and in order.
        Assert.All(messages.Chunk(EventsPerWrite), write => Assert.Equal(["0", "1", "2"], write.Select(message => message.Split('/')[2])));
    }

    [Fact]
    public async Task The_row_changes_with_its_events()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);

        var figures = new Dictionary<string, double?> { ["loss"] = 0.5, ["accuracy"] = 0.9, ["val_loss"] = double.NaN };
        Assert.True(await domain.Store.TryAppendAsync(id, claim.Attempt, [DomainFixture.Log("epoch")], new(JobPhase.Training, 1, figures), Ct));
        var test = new Dictionary<string, double?> { ["loss"] = 0.25, ["test_loss"] = 0.3 };
        Assert.True(await domain.Store.TryAppendAsync(id, claim.Attempt, [], new(Metrics: test), Ct));

        var job = await domain.ReadJobAsync(id, Ct);
        Assert.Equal((JobPhase.Training, 1, 3L), (job.Phase, job.Epoch, job.LastSeq));
        Assert.Equal(
            new Dictionary<string, double?> { ["loss"] = 0.25, ["accuracy"] = 0.9, ["val_loss"] = null, ["test_loss"] = 0.3 },
            job.Metrics!.Deserialize<Dictionary<string, double?>>(ContractsJson.Options));
    }

    [Fact]
    public async Task F20_a_write_that_is_repeated_because_its_answer_was_lost_is_applied_once()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        var write = Guid.CreateVersion7();

        for (var i = 0; i < 3; i++)
            Assert.True(await domain.Store.TryAppendAsync(id, claim.Attempt, write, [DomainFixture.Log("once")], null, Ct));
        await domain.Store.CancelAsync(id, Ct); // not a write of the run: the repetition is still recognised
        Assert.True(await domain.Store.TryAppendAsync(id, claim.Attempt, write, [DomainFixture.Log("once")], null, Ct));
        Assert.True(await domain.Store.TryAppendAsync(id, claim.Attempt, Guid.CreateVersion7(), [DomainFixture.Log("next")], null, Ct));

        Assert.Equal(
            ["once", "next"],
            (await domain.ReadEventsAsync(id, Ct)).Where(e => e.Type == EventTypes.Log)
                .Select(e => e.Data.Deserialize<LogEvent>(ContractsJson.Options)!.Message));
    }

    [Theory]
    [InlineData("nul \0 in the middle", "nul \ufffd in the middle")]
    [InlineData("a pair 😀 stays", "a pair 😀 stays")]
    [InlineData(@"letters \u0000 stay", @"letters \u0000 stay")]
    public async Task What_jsonb_refuses_does_not_hold_up_the_events(string message, string stored)
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);

        Assert.True(await domain.Store.TryAppendAsync(id, claim.Attempt, [DomainFixture.Log(message)], null, Ct));

        Assert.Equal(stored, (await domain.ReadEventsAsync(id, Ct))[^1].Data.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Half_a_surrogate_pair_does_not_hold_up_the_events()
    {
        var id = await domain.AddJobAsync(Ct);
        var claim = await domain.ClaimAsync(id, Ct);
        using var data = JsonDocument.Parse("""{"level": "info", "message": "half \ud83d of it"}""");

        Assert.True(await domain.Store.TryAppendAsync(id, claim.Attempt, [new NewEvent(EventTypes.Log, data.RootElement)], null, Ct));

        Assert.Equal("half \ufffd of it", (await domain.ReadEventsAsync(id, Ct))[^1].Data.GetProperty("message").GetString());
    }
}
