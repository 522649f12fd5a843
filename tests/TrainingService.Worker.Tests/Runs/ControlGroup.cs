namespace TrainingService.Worker.Tests.Runs;

/// <summary>A control group of this test's own; where none can be made, the test says so and is skipped.</summary>
public sealed class ControlGroup : IDisposable
{
    private readonly string _folder;

    private ControlGroup(string folder) => _folder = folder;

    /// <summary>For processes that move themselves in.</summary>
    public string Processes => Path.Combine(_folder, "cgroup.procs");

    public static ControlGroup OfMemory(long bytes) => Make(
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", bytes.ToString()), ("/sys/fs/cgroup", "memory.max", bytes.ToString()));

    public static ControlGroup OfProcesses(int count) => Make(
        ("/sys/fs/cgroup/pids", "pids.max", count.ToString()), ("/sys/fs/cgroup", "pids.max", count.ToString()));

    public void Dispose() => Directory.Delete(_folder);

    // Version 1 of control groups, or else version 2.
    private static ControlGroup Make(params (string Root, string File, string Limit)[] versions)
    {
        var reason = "no control groups are mounted";
        foreach (var (root, file, limit) in versions.Where(version => Directory.Exists(version.Root)))
        {
            var folder = Path.Combine(root, $"training-test-{Guid.NewGuid():N}");
            try
            {
                Directory.CreateDirectory(folder);
                if (!File.Exists(Path.Combine(folder, file)))
                {
                    Directory.Delete(folder);
                    continue;
                }
                File.WriteAllText(Path.Combine(folder, file), limit);
                return new ControlGroup(folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                reason = exception.Message;
            }
        }
        Assert.Skip($"A control group cannot be made on this machine: {reason}.");
        throw new InvalidOperationException(reason);
    }
}
