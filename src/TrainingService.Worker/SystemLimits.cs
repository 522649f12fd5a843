using System.Globalization;

namespace TrainingService.Worker;

/// <summary>
/// Limits of the system below which neither half of this program gets far. Looked at first of all and with nothing but the runtime's core,
/// because what fails later says "file not found" or "out of memory" about them.
/// </summary>
internal static class SystemLimits
{
    private const long OpenFiles = 256;
    private const long Threads = 24;

    /// <returns>What is too little, or null.</returns>
    public static string? Complaint()
    {
        if (Soft("Max open files") is { } files && files < OpenFiles)
            return $"Limit of open files: expected at least {OpenFiles}. Received: {files}. Raise it (ulimit -n, LimitNOFILE, --ulimit nofile).";
        if (Soft("Max processes") is { } processes && processes < Threads)
            return $"Limit of processes: expected at least {Threads}. Received: {processes}. Raise it (ulimit -u, LimitNPROC, --ulimit nproc).";
        return PidsMax() is { } pids && pids < Threads
            ? $"Limit of processes and threads of the control group: expected at least {Threads}. Received: {pids}. Raise it (pids.max, TasksMax, --pids-limit)."
            : null;
    }

    private static long? Soft(string limit)
    {
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(limit, StringComparison.Ordinal));
        return Number(line?[limit.Length..].TrimStart().Split(' ', 2)[0]);
    }

    private static long? PidsMax()
    {
        foreach (var fields in File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)))
        {
            var root = fields is ["0", "", _] ? "/sys/fs/cgroup" : fields[1] == "pids" ? "/sys/fs/cgroup/pids" : null;
            if (root is not null && new[] { $"{root}{fields[2]}/pids.max", $"{root}/pids.max" }.FirstOrDefault(File.Exists) is { } file)
                return Number(File.ReadAllText(file).Trim());
        }
        return null;
    }

    // "unlimited" and "max" are no numbers.
    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
