using System.Globalization;

namespace TrainingService.Worker.Supervision;

/// <summary>
/// How often the kernel killed a process of a child's memory control group for want of memory. The exit code alone does not tell: it is
/// that of every SIGKILL.
/// </summary>
internal sealed class OomKills
{
    private readonly string _file;
    private readonly long _before;

    private OomKills(string file) => (_file, _before) = (file, Read(file));

    /// <summary>Counts from here on, in the group that the process is in now.</summary>
    public static OomKills Since(int processId) => new(Candidates(processId).First(File.Exists));

    /// <summary>Whether there was one.</summary>
    public bool Any => Read(_file) > _before;

    // Version 2 of control groups, then version 1; inside a container the group's own folder is mounted as the root; at last the whole machine's count.
    private static IEnumerable<string> Candidates(int processId)
    {
        foreach (var fields in Groups(processId).Select(line => line.Split(':', 3)))
        {
            var isVersion2 = fields is ["0", "", _];
            if (!isVersion2 && !fields[1].Split(',').Contains("memory"))
                continue;
            var (root, file) = isVersion2 ? ("/sys/fs/cgroup", "memory.events") : ("/sys/fs/cgroup/memory", "memory.oom_control");
            yield return $"{root}{fields[2]}/{file}";
            yield return $"{root}/{file}";
        }
        yield return "/proc/vmstat";
    }

    private static string[] Groups(int processId)
    {
        try
        {
            return File.ReadAllLines($"/proc/{processId}/cgroup");
        }
        catch (IOException)
        {
            return []; // it is gone already, or the kernel has no control groups
        }
    }

    private static long Read(string file)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan("oom_kill ".Length), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // the group went with its last process
        }
    }
}
