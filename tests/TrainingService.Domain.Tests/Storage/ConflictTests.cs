using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Storage;

public sealed class ConflictTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F16_deadlocks_and_serialization_failures_are_ridden_out_without_a_second_effect()
    {
        // Two of three writes fail, in turn for the one reason and the other; a sequence counts also what is rolled back.
        await domain.ExecuteAsync(
            """
            CREATE SEQUENCE faults;
            CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE n bigint := nextval('faults');
            BEGIN
                IF n % 3 <> 0 THEN
                    RAISE EXCEPTION 'injected' USING ERRCODE = CASE n % 3 WHEN 1 THEN '40001' ELSE '40P01' END;
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER fault BEFORE INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION fault();
            """, Ct);

        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct);
        Assert.True(await domain.Store.TryAppendAsync(id, 1, [DomainFixture.Log("once")], null, Ct));
        Assert.True((await domain.Store.RenewAsync(id, 1, DomainFixture.Lease, Ct)).Held);
        Assert.Equal(VerbOutcome.Requested, (await domain.Store.PauseAsync(id, Ct)).Outcome);
        Assert.Equal(Settled.Paused, await domain.Store.TryPauseAsync(id, 1, Ct));
        Assert.Equal(VerbOutcome.Done, (await domain.Store.ResumeAsync(id, Ct)).Outcome);
        await domain.ClaimAsync(id, Ct);
        Assert.True(await domain.Store.TryAddCheckpointAsync(id, 2, DomainFixture.Checkpoint(id, 1, 1, true, new string('c', 64)), 2, 1, Ct));
        Assert.True(await domain.Store.TryAddArtifactAsync(id, 2, DomainFixture.Artifact(id, "model", new string('a', 64)), Ct));
        Assert.True(await domain.Store.TryFinishAsync(id, 2, JobStatus.Succeeded, StopReason.Completed, null, Ct));

        var events = await domain.ReadEventsAsync(id, Ct);
        Assert.Equal(Enumerable.Range(1, 10).Select(seq => (long?)seq), events.Select(e => e.Seq));
        Assert.Equal(EventTypes.Terminal, events[^1].Type);
        Assert.Equal((10, 2, 1, 1), await domain.CountRowsAsync(id, Ct));
    }
}
