using System.Diagnostics;
using System.Net;
using System.Text;
using TrainingService.Chaos.Tests.Invariants;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.Chaos.Tests;

/// <summary>F22: PostgreSQL on a small file system that runs full. Needs root, to mount one.</summary>
public sealed class DatabaseDiskTests
{
    private const int Megabytes = 160;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F22_with_the_databases_disk_full_the_api_refuses_and_what_it_took_is_there_afterwards()
    {
        if (Environment.UserName != "root")
            Assert.Skip("Only root can mount a small file system.");
        var mount = Directory.CreateTempSubdirectory("training-small-disk-").FullName;
        Mounted("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=0755", "tmpfs", mount);
        try
        {
            await FillAndEmptyAsync(mount);
        }
        finally
        {
            Mounted("umount", mount);
            Directory.Delete(mount);
        }
    }

    private static async Task FillAndEmptyAsync(string mount)
    {
        await using var service = await ServiceUnderFault.StartAsync(workers: 1, Ct, postgresRoot: Path.Combine(mount, "postgres"));
        var calm = await CalmRun.OfAsync(service, Ct);
        using var ledger = new Ledger(Path.Combine(service.Storage, "ledger.jsonl"));
        var submitter = new Submitter(service, ledger);
        await submitter.TrySubmitAsync("dense", epochs: null, tries: 3, Ct);

        var filler = Path.Combine(mount, "filler");
        Fill(filler);
        var refused = 0;
        for (var attempt = 0; attempt < 2_000 && refused == 0; attempt++)
        {
            var key = $"full-{attempt}";
            ledger.Write(new LedgerEntry(key, "", Outcome.Unknown, null));
            // A name can be found; the tags make the row large, so that the table has to grow.
            using var body = new StringContent(SmallJobs.Of("dense", key, epochs: 1), Encoding.UTF8, "application/json");
            using var answer = await service.Http.PostAsync("v1/jobs", body, Ct);
            if (answer.IsSuccessStatusCode)
            {
                using var job = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
                ledger.Write(new LedgerEntry(key, "", Outcome.Acknowledged, job.RootElement.GetProperty("id").GetGuid()));
                continue;
            }
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            refused++;
            Fill(filler);
        }
        Assert.True(refused > 0, "The database never ran out of space: nothing was tried.");
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("healthz/live", Ct)).StatusCode);

        File.Delete(filler);
        await service.RestoreAsync(Ct);
        await Quiescence.WaitAsync(service, Ct);
        InvariantCheck.AssertHolds(await new InvariantCheck(service, ledger.Entries, [], calm).RunAsync(Ct));
    }

    /// <summary>Writes until nothing goes in any more.</summary>
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var block = new byte[4_096]; ;)
                file.Write(block);
        }
        catch (IOException full)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(full.Message);
        }
    }

    private static void Mounted(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
            return;
        if (program == "mount" && !Needs.IsCi)
            Assert.Skip($"No file system can be mounted here: {errors}");
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors}");
    }
}
