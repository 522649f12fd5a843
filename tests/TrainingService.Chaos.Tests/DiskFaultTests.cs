using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests;

/// <summary>Disks that refuse, and programs that die in the middle of publishing. A system call is made to fail, or to be the last one, with strace.</summary>
public sealed class DiskFaultTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    // .NET writes files with pwrite64, and sockets and pipes with others.
    private const string DiskFull = "inject=pwrite64:error=ENOSPC";
    private const string SyncFails = "inject=fsync:error=EIO";
    private const string DiesAtSync = "inject=fsync:signal=KILL";
    private const string DiesAtRename = "inject=rename,renameat,renameat2:signal=KILL";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ServiceUnderFault Service => fixture.Service;

    [Theory]
    [InlineData(SyncFails)]
    [InlineData(DiskFull)]
    public async Task F23_what_a_worker_could_not_write_safely_is_not_published_and_comes_again(string fault)
    {
        await fixture.RideThroughAsync(
            async jobs =>
            {
                var traces = new List<Strace>();
                foreach (var worker in Service.Workers)
                    traces.Add(await Strace.AttachAsync(worker.Id, ["trace=fsync,pwrite64,rename,renameat,renameat2", fault], Ct));
                var stored = StoredFiles();
                await Task.WhenAny(traces.Select(trace => trace.WaitForInjectionAsync(Ct))).Unwrap();
                await Task.Delay(TimeSpan.FromSeconds(1), Ct);
                var published = await PublishedAsync(jobs);
                var steps = traces.SelectMany(trace => FileTrace.Read(trace.Lines, Content)).ToList();
                var renamed = steps.OfType<FileStep.Rename>().ToList();
                Assert.Empty(steps.OfType<FileStep.Refused>().Select(refused => refused.Path).Intersect(renamed.Select(file => file.From)));
                // A row has a file that was whole before, or one that the disk did not refuse.
                Assert.Subset(stored.Concat(renamed.Select(file => Path.GetFileName(file.To))).ToHashSet(), published.ToHashSet());
                foreach (var trace in traces)
                    await trace.DisposeAsync();
            },
            Ct);
    }

    [Theory]
    [InlineData(SyncFails)]
    [InlineData(DiskFull)]
    public async Task F23_a_trainer_that_cannot_write_safely_leaves_nothing_that_looks_whole(string fault)
    {
        await fixture.RideThroughAsync(
            async jobs =>
            {
                var trainer = Service.Trainers.First(trainer => jobs.Contains(trainer.JobId));
                await using var trace = await Strace.AttachAsync(trainer.Id, [$"trace={CallOf(fault)}", fault], Ct);
                await Task.WhenAny(trace.WaitForInjectionAsync(Ct), Processes.WaitForEndAsync(trainer.Id, Patience, Ct));
                Assert.True(trace.Injected > 0, "The trainer wrote nothing while it was watched: nothing was tried.");
                await Processes.WaitForEndAsync(trainer.Id, Patience, Ct);
            },
            Ct);
    }

    [Theory]
    [InlineData(DiesAtSync)]
    [InlineData(DiesAtRename)]
    public async Task F26_a_worker_killed_between_temporary_file_rename_and_row_leaves_the_old_state_or_the_new_one(string fault)
    {
        await fixture.RideThroughAsync(
            async jobs =>
            {
                var traces = new List<Strace>();
                foreach (var worker in Service.Workers)
                    traces.Add(await Strace.AttachAsync(worker.Id, [$"trace={CallOf(fault)}", fault], Ct));
                var ends = Service.Workers.Select(worker => Processes.WaitForEndAsync(worker.Id, Patience, Ct)).ToList();
                await Task.WhenAny(ends).Unwrap();
                foreach (var trace in traces)
                    await trace.DisposeAsync();
            },
            Ct);
        // What lies in the folder for temporary files goes once it is old.
        var temporary = Path.Combine(Content, "tmp");
        foreach (var file in Directory.EnumerateFiles(temporary))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-2));
        await Service.Workers[0].KillAsync();
        Service.Workers[0].Start();
        await fixture.RideThroughAsync(_ => Task.CompletedTask, Ct);
        Assert.DoesNotContain(Directory.EnumerateFiles(temporary), file => File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddHours(-1));
    }

    private static string CallOf(string fault) => fault.Split('=')[1].Split(':')[0];

    private string Content => Path.Combine(Service.Storage, "artifacts");

    private HashSet<string> StoredFiles() => [.. Directory.EnumerateFiles(Content, "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];

    private async Task<IReadOnlyList<string>> PublishedAsync(IReadOnlyList<Guid> jobs)
    {
        var rows = await Service.Postgres.QueryAsync(
            "SELECT job_id, sha256 FROM artifacts UNION SELECT job_id, sha256 FROM checkpoints", row => (Job: row.GetGuid(0), Sha256: row.GetString(1)), Ct);
        return [.. rows.Where(row => jobs.Contains(row.Job)).Select(row => row.Sha256)];
    }
}
