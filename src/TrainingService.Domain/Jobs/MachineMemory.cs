using System.Globalization;

namespace TrainingService.Domain.Jobs;

/// <summary>The memory that this machine or container has for jobs.</summary>
public static class MachineMemory
{
    /// <summary>What the worker and the rest of the machine need, at least.</summary>
    private const long LeastReserveBytes = 512L << 20;

    /// <summary>What is left for any job on a machine too small for the reserve.</summary>
    private const long LeastJobBytes = 256L << 20;

    /// <summary>What one trainer may take: an equal share of what is there, less an eighth for everything else.</summary>
    /// <param name="jobs">Trainers at the same time.</param>
    public static long PerJob(int jobs) => Share(Total("/"), jobs);

    /// <summary>An equal share of so much memory.</summary>
    internal static long Share(long total, int jobs) => Math.Max((total - Math.Max(LeastReserveBytes, total / 8)) / jobs, LeastJobBytes);

    /// <summary>The smallest of the machine's memory and the limits of the control groups that this process is in.</summary>
    /// <param name="root">Where the system's own files lie.</param>
    internal static long Total(string root) => Limits(root).Append(Installed(root)).Min();

    private static long Installed(string root)
    {
        var line = File.ReadLines(Path.Combine(root, "proc/meminfo")).First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("MemTotal:".Length).TrimEnd(" kB"), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Of the group and of every group around it. Inside a container the group's folder is mounted as the root.</summary>
    private static IEnumerable<long> Limits(string root)
    {
        var file = Path.Combine(root, "proc/self/cgroup");
        foreach (var fields in File.Exists(file) ? File.ReadLines(file).Select(line => line.Split(':', 3)) : [])
        {
            var isVersion2 = fields is ["0", "", _];
            if (!isVersion2 && !fields[1].Split(',').Contains("memory"))
                continue;
            var (mount, name) = isVersion2 ? ("sys/fs/cgroup", "memory.max") : ("sys/fs/cgroup/memory", "memory.limit_in_bytes");
            for (var group = fields[2].Trim('/'); ; group = Path.GetDirectoryName(group) ?? "")
            {
                var limit = Path.Combine(root, mount, group, name);
                if (File.Exists(limit) && long.TryParse(File.ReadAllText(limit), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var bytes))
                    yield return bytes;
                if (group.Length == 0)
                    break;
            }
        }
    }
}
