using System.Globalization;
using System.Runtime.InteropServices;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Bounds how much of mapped files is resident.</summary>
/// <param name="largestBytes">Bytes that may stay.</param>
internal sealed unsafe partial class WorkingSet(long largestBytes)
{
    private const int CallsPerLook = 16;
    private const int DontNeed = 4; // MADV_DONTNEED of Linux: pages of files are dropped from the process, not from the system's cache

    private readonly List<MappedFile> _files = [];
    private readonly long _before = ResidentFileBytes();
    private long _mapped;
    private int _calls;

    public void Add(MappedFile file)
    {
        lock (_files)
        {
            _files.Add(file);
            _mapped += file.Length;
        }
    }

    public void Trim()
    {
        if (!OperatingSystem.IsLinux() || Interlocked.Read(ref _mapped) <= largestBytes || Interlocked.Increment(ref _calls) % CallsPerLook != 0)
            return;
        if (ResidentFileBytes() - _before <= largestBytes)
            return;
        lock (_files)
        {
            foreach (var file in _files.Where(file => file.Start is not null))
            {
                if (Advise((nint)file.Start, (nuint)file.Length, DontNeed) != 0)
                    throw new IOException($"madvise: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    /// <summary>Resident pages of files: the third number of statm.</summary>
    private static long ResidentFileBytes() =>
        OperatingSystem.IsLinux()
            ? long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[2], CultureInfo.InvariantCulture) * Environment.SystemPageSize
            : 0;

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint start, nuint length, int advice);
}
