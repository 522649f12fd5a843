namespace TrainingService.Worker.Queue;

/// <summary>The folder of an attempt that may have been left by a worker that was killed.</summary>
internal sealed record AbandonedRun(Guid JobId, int Attempt, string Path)
{
    public void Remove()
    {
        Directory.Delete(Path, recursive: true);
        var job = Directory.GetParent(Path)!;
        if (!job.EnumerateFileSystemInfos().Any())
            job.Delete();
    }
}

/// <summary>Folders of runs below a storage root, as <see cref="RunFolder"/> makes them.</summary>
internal static class AbandonedRuns
{
    /// <summary>Those that were made before a point in time. Whether their jobs run the database knows.</summary>
    public static IReadOnlyList<AbandonedRun> Find(string storageRoot, DateTimeOffset before)
    {
        var all = new DirectoryInfo(RunFolder.AllRuns(storageRoot));
        if (!all.Exists)
            return [];
        return
        [
            .. from job in all.EnumerateDirectories()
               where Guid.TryParse(job.Name, out _)
               from attempt in job.EnumerateDirectories()
               where int.TryParse(attempt.Name, out _) && attempt.LastWriteTimeUtc < before.UtcDateTime
               select new AbandonedRun(Guid.Parse(job.Name), int.Parse(attempt.Name), attempt.FullName),
        ];
    }
}
