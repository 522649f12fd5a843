using TrainingService.Chaos.Tests.Invariants;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.Chaos.Tests;

/// <summary>The two scripts of <c>deploy</c>, as <c>deploy/operations.md</c> tells to use them.</summary>
public sealed class BackupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Runs", "always")]
    public async Task A_backup_of_a_busy_service_becomes_a_service_with_all_jobs_and_files_and_the_running_job_goes_on()
    {
        var folder = Directory.CreateTempSubdirectory("training-backup-").FullName;
        var backup = Path.Combine(folder, "backup");
        try
        {
            IReadOnlyDictionary<string, string> calm;
            Guid running;
            await using (var service = await ServiceUnderFault.StartAsync(workers: 1, Ct))
            {
                calm = await CalmRun.OfAsync(service, Ct);
                running = (await service.Client.Jobs.SubmitAsync(SmallJobs.Of("dropout", "calm-again", epochs: 100_000), Ct)).Id;
                await foreach (var jobEvent in service.Client.Jobs.EventsAsync(running, cancellationToken: Ct))
                {
                    if (jobEvent.Type == Contracts.Events.EventTypes.EpochEnd)
                        break;
                }
                var told = await service.Postgres.RunAsync(Script("backup.sh"), [service.Storage, backup], Ct);
                Assert.Contains("the database are in", told);
            }

            await using var restored = await ServiceUnderFault.StartAsync(
                workers: 1, Ct, prepareAsync: async service => Assert.Contains(" 0 of them missing", await service.Postgres.RunAsync(Script("restore.sh"), [backup, service.Storage], Ct)));
            var again = await restored.Client.Jobs.GetAsync(running, Ct);
            Assert.False(again.IsTerminal);
            // Another attempt takes it up; nobody needs another hundred thousand epochs of it.
            await foreach (var jobEvent in restored.Client.Jobs.EventsAsync(running, again.LastSeq, cancellationToken: Ct))
            {
                if (jobEvent.Type == Contracts.Events.EventTypes.EpochEnd && jobEvent.Attempt > 1)
                    break;
            }
            await restored.Client.Jobs.CancelAsync(running, Ct);
            Assert.Equal(JobStatus.Cancelled, (await restored.Client.Jobs.WaitAsync(running, Ct)).Status);
            await foreach (var job in restored.Client.Jobs.ListAsync(cancellationToken: Ct))
            {
                if (job.Id != running)
                    Assert.Equal(calm[job.Name["calm-".Length..]], (await restored.Client.Jobs.ArtifactsAsync(job.Id, Ct)).Single(file => file.Name == CalmRun.Weights).Sha256);
            }
            InvariantCheck.AssertHolds(await new InvariantCheck(restored, [], [], calm).RunAsync(Ct)); // downloads included
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Script(string name) => Path.Combine(Repository.Root, "deploy", name);
}
