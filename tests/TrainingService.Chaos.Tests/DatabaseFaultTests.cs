using System.Diagnostics;
using System.Net;
using TrainingService.Chaos.Tests.Faults;
using TrainingService.Chaos.Tests.Invariants;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Chaos.Tests;

/// <summary>Faults of the database, one at a time, with three jobs under way: all ride through.</summary>
public sealed class DatabaseFaultTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ServiceUnderFault Service => fixture.Service;

    private PostgresServer Postgres => fixture.Service.Postgres;

    [Fact]
    public async Task F11_killing_one_backend_resets_the_server_and_costs_no_job()
    {
        await fixture.RideThroughAsync(
            async _ =>
            {
                var backends = await Postgres.BackendsAsync(Ct);
                Signals.Send(backends[0], Signal.Kill);
                await Processes.WaitForEndAsync(backends[^1], TimeSpan.FromSeconds(30), Ct); // every session went with it
            },
            Ct);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F12_after_a_crash_of_postgresql_everything_acknowledged_is_there_and_the_indexes_are_whole(bool immediateStop)
    {
        await fixture.RideThroughAsync(
            async _ =>
            {
                if (immediateStop)
                    await Postgres.StopAsync(immediate: true, Ct);
                else
                    await Postgres.KillAsync(Ct);
                await Postgres.StartAsync(Ct);
            },
            Ct);
        await AssertWholeAsync();
    }

    [Fact]
    [Trait("Runs", "always")]
    public async Task F13_restarts_of_postgresql_one_after_another_cost_no_job()
    {
        var ended = await fixture.RideThroughAsync(
            async _ =>
            {
                for (var restart = 0; restart < 5; restart++)
                {
                    await Postgres.RestartAsync(Ct);
                    await Service.WaitUntilReadyAsync(Ct);
                }
            },
            Ct);
        Assert.All(ended, job => Assert.Equal(1, job.Attempt)); // hearts that missed a beat went on beating
    }

    [Fact]
    [Trait("Runs", "always")]
    public async Task F14_with_no_connection_left_the_api_says_when_to_come_back_and_running_jobs_keep_their_lease()
    {
        await fixture.RideThroughAsync(
            async jobs =>
            {
                // The Api's own are cut, and others take their places at once.
                List<Npgsql.NpgsqlConnection> taken = [.. await DatabaseFaults.TakeAllConnectionsAsync(Postgres, Ct)];
                Service.ProxyOf(Service.Api).CloseConversations();
                var asked = Stopwatch.StartNew();
                HttpResponseMessage answer;
                do
                {
                    taken.AddRange(await DatabaseFaults.TakeAllConnectionsAsync(Postgres, Ct));
                    answer = await Service.Http.GetAsync($"v1/jobs/{jobs[0]}", Ct);
                }
                while (answer.StatusCode == HttpStatusCode.OK && asked.Elapsed < TimeSpan.FromSeconds(30));
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.NotNull(answer.Headers.RetryAfter);
                Assert.Equal(HttpStatusCode.OK, (await Service.Http.GetAsync("healthz/live", Ct)).StatusCode);
                await Task.Delay(TimeSpan.FromSeconds(ServiceUnderFault.LeaseSeconds * 1.2), Ct);
                foreach (var connection in taken)
                    await connection.DisposeAsync();
            },
            Ct, withLasting: true);
    }

    [Fact]
    public async Task F15_a_lock_on_the_jobs_table_longer_than_a_lease_costs_time_only()
    {
        await fixture.RideThroughAsync(
            async _ =>
            {
                await using var holder = await DatabaseFaults.LockJobsAsync(Postgres, Ct);
                Assert.Equal(HttpStatusCode.OK, (await Service.Http.GetAsync("healthz/live", Ct)).StatusCode);
                await Task.Delay(TimeSpan.FromSeconds(ServiceUnderFault.LeaseSeconds * 1.5), Ct);
            },
            Ct);
    }

    [Fact]
    public async Task F17_a_paused_postgresql_is_ridden_through()
    {
        await fixture.RideThroughAsync(
            async _ =>
            {
                Postgres.SendAll(Signal.Stop);
                await Task.Delay(TimeSpan.FromSeconds(ServiceUnderFault.LeaseSeconds * 1.5), Ct);
                Postgres.SendAll(Signal.Continue);
            },
            Ct);
    }

    [Fact]
    public async Task F18_a_worker_cut_off_past_its_lease_ends_its_trainer_and_adds_nothing_to_the_run_of_its_successor()
    {
        var job = (await Service.Client.Jobs.SubmitAsync(SmallJobs.Of("dense", "calm-cut-off", epochs: 1_000_000), Ct)).Id;
        await fixture.WaitForEpochAsync(job, 1, Ct);
        var trainer = Service.Trainers.Single(trainer => trainer.JobId == job).Id;
        var line = Service.ProxyOf(fixture.WorkerOf(trainer));
        line.Cut();
        // Without the database's word it cannot know that its lease is lost: it goes on, and nothing of that counts.
        await fixture.WaitForEpochAsync(job, 1, Ct, attempt: 2);
        line.Heal();
        await Processes.WaitForEndAsync(trainer, TimeSpan.FromSeconds(60), Ct);
        await Service.Client.Jobs.CancelAsync(job, Ct);
        var ended = await Service.Client.Jobs.WaitAsync(job, Ct);
        Assert.Equal((JobStatus.Cancelled, 2), (ended.Status, ended.Attempt));
        InvariantCheck.AssertHolds(await new InvariantCheck(Service, [], [], new Dictionary<string, string>()).RunAsync(Ct));
    }

    [Fact]
    public async Task F19_slow_lines_to_the_database_cost_time_only()
    {
        var ended = await fixture.RideThroughAsync(
            async jobs =>
            {
                foreach (var proxy in Service.Proxies)
                    proxy.Delay = TimeSpan.FromMilliseconds(200);
                foreach (var job in jobs)
                    await Service.Client.Jobs.WaitAsync(job, Ct);
            },
            Ct);
        Assert.All(ended, job => Assert.Equal(1, job.Attempt));
    }

    [Fact]
    [Trait("Runs", "always")]
    public async Task F20_answers_of_commits_that_are_lost_double_nothing()
    {
        await fixture.RideThroughAsync(
            async _ =>
            {
                var enough = Service.Proxies.Sum(proxy => proxy.Lost) + 10;
                foreach (var proxy in Service.Proxies)
                    proxy.LoseAnswers(5);
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
                using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
                while (Service.Proxies.Sum(proxy => proxy.Lost) < enough)
                    await timer.WaitForNextTickAsync(limit.Token);
            },
            Ct, withLasting: true);
    }

    [Fact]
    public async Task F30_a_worker_whose_clock_jumps_steals_nothing_and_loses_nothing()
    {
        if (!ClockFaults.CanLie)
            Assert.Skip("The package faketime is not installed.");
        var settings = ClockFaults.Settings(Service.Storage);
        var liar = Service.AddWorker(wrapper: null, settings);
        liar.Start();
        try
        {
            var ended = await fixture.RideThroughAsync(
                async jobs =>
                {
                    foreach (var lie in new[] { 3600, -3600, 1, -1, 0 })
                    {
                        ClockFaults.SetLie(Service.Storage, lie);
                        await Task.Delay(TimeSpan.FromSeconds(2), Ct);
                    }
                },
                Ct, withLasting: true);
            Assert.All(ended, job => Assert.Equal(1, job.Attempt));
        }
        finally
        {
            await liar.StopAsync(TimeSpan.FromSeconds(60));
            Service.Workers.Remove(liar);
        }
    }

    /// <summary>Every index against its table, by PostgreSQL's own checker.</summary>
    private async Task AssertWholeAsync()
    {
        await Postgres.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS amcheck", Ct);
        await Postgres.RunAsync("pg_amcheck", ["--heapallindexed", "training"], Ct);
    }
}
