using System.Globalization;

namespace TrainingService.Worker.Supervision;

/// <summary>The folder of an attempt that may have been left by a worker that was killed.</summary>
internal sealed record AbandonedRun(Guid Id, int Attempt, string Path)
{
    public void Remove()
    {
        Directory.Delete(Path, recursive: true);
        var job = Directory.GetParent(Path)!;
        if (!job.EnumerateFileSystemInfos().Any())
            job.Delete();
    }
}

/// <summary>Folders of runs, as <see cref="RunFolder"/> makes them.</summary>
internal static class AbandonedRuns
{
    /// <summary>Those that were made before a point in time. Whether anybody works there the database knows.</summary>
    /// <param name="folder">The folder with all of their kind.</param>
    /// <param name="before">Younger ones are left out.</param>
    public static IReadOnlyList<AbandonedRun> Find(string folder, DateTimeOffset before)
    {
        var all = new DirectoryInfo(folder);
        if (!all.Exists)
            return [];
        return
        [
            .. from job in all.EnumerateDirectories()
               where Guid.TryParse(job.Name, out _)
               from attempt in job.EnumerateDirectories()
               where int.TryParse(attempt.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _) && attempt.LastWriteTimeUtc < before.UtcDateTime
               select new AbandonedRun(Guid.Parse(job.Name), int.Parse(attempt.Name, CultureInfo.InvariantCulture), attempt.FullName),
        ];
    }
}
