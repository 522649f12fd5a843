using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Tests.Jobs;

public sealed class MachineMemoryTests : IDisposable
{
    private const long GiB = 1L << 30;

    private readonly string _root = Directory.CreateTempSubdirectory("machine-memory-").FullName;

    [Theory]
    [InlineData("0::/a/b\n", "sys/fs/cgroup/a/memory.max", "2147483648\n", 2 * GiB)] // the group around it
    [InlineData("0::/a/b\n", "sys/fs/cgroup/memory.max", "2147483648\n", 2 * GiB)] // a container, whose group is the root
    [InlineData("0::/a\n", "sys/fs/cgroup/a/memory.max", "max\n", 8 * GiB)]
    [InlineData("5:cpu:/\n4:memory:/j\n", "sys/fs/cgroup/memory/j/memory.limit_in_bytes", "1073741824\n", GiB)]
    [InlineData("4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n", 8 * GiB)] // no limit, in version 1
    public void The_smallest_limit_counts(string groups, string file, string limit, long expected)
    {
        Write("proc/meminfo", "MemTotal:        8388608 kB\nMemFree:         1 kB\n");
        Write("proc/self/cgroup", groups);
        Write(file, limit);
        Assert.Equal(expected, MachineMemory.Total(_root));
    }

    [Fact]
    public void Jobs_share_what_the_rest_leaves()
    {
        Assert.Equal(7 * GiB, MachineMemory.Share(8 * GiB, 1));
        Assert.Equal(14 * GiB / 4, MachineMemory.Share(16 * GiB, 4));
        Assert.Equal(GiB / 2, MachineMemory.Share(GiB, 1));
        Assert.Equal(GiB / 4, MachineMemory.Share(GiB / 2, 1));
        Assert.InRange(MachineMemory.PerJob(1), GiB / 4, MachineMemory.Total("/"));
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
