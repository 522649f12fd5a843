using System.Globalization;

namespace TrainingService.Chaos.Tests.Service;

/// <param name="State">As in /proc: <c>R</c>, <c>S</c>, <c>D</c>, <c>T</c>, <c>Z</c>.</param>
internal sealed record ProcessEntry(int Id, int Parent, char State)
{
    public bool IsZombie => State == 'Z';
}

/// <summary>What runs on this machine, from /proc.</summary>
internal static class Processes
{
    public static IReadOnlyList<ProcessEntry> All() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => TryRead(int.Parse(name!, CultureInfo.InvariantCulture))).OfType<ProcessEntry>()];

    public static IReadOnlyList<ProcessEntry> ChildrenOf(int parent) => [.. All().Where(process => process.Parent == parent)];

    /// <summary>Trainers of one service, with the job that each runs; those that have ended and wait to be reaped included.</summary>
    public static IReadOnlyList<(int Id, Guid JobId)> Trainers(string storageRoot) =>
    [
        .. All().Where(process => !process.IsZombie).Select(process => (process.Id, Environment: Text(process.Id, "environ"), Arguments: Text(process.Id, "cmdline").Split('\0')))
            .Where(process => process.Arguments.Contains("train") && process.Environment.Contains($"Storage__Root={storageRoot}\0", StringComparison.Ordinal))
            .Select(process => (process.Id, JobId: JobOf(process.Environment))).Where(process => process.JobId is not null).Select(process => (process.Id, process.JobId!.Value)),
    ];

    public static bool Runs(int id) => TryRead(id) is { IsZombie: false };

    /// <summary>Waits until a process is gone.</summary>
    public static async Task WaitForEndAsync(int id, TimeSpan limit, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (Runs(id))
                await timer.WaitForNextTickAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"Process {id} still runs after {limit.TotalSeconds:0} s: {Text(id, "cmdline").Replace('\0', ' ')}");
        }
    }

    private static Guid? JobOf(string environment) =>
        environment.Split('\0').FirstOrDefault(entry => entry.StartsWith("TRAINING_JOB_ID=", StringComparison.Ordinal)) is { } entry && Guid.TryParse(entry.Split('=')[1], out var id) ? id : null;

    private static ProcessEntry? TryRead(int id)
    {
        var text = Text(id, "stat");
        // The name in parentheses may hold blanks and parentheses.
        var rest = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return rest.Length > 1 ? new ProcessEntry(id, int.Parse(rest[1], CultureInfo.InvariantCulture), rest[0][0]) : null;
    }

    private static string Text(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended, or is somebody else's
        }
    }
}
