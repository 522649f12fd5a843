using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TrainingService.Engine.Native;

/// <summary>
/// Bounds this process's memory, so that running out is an error that a run can report, and not the kernel's killing of whatever it picks.
/// </summary>
/// <remarks>
/// The limit is that of writable private memory (<c>RLIMIT_DATA</c>), which counts what can be written, not address space: .NET reserves
/// hundreds of gigabytes of the latter.
/// </remarks>
public static partial class ProcessMemory
{
    private const int DataLimit = 2; // RLIMIT_DATA of Linux

    /// <summary>What allocators hold ready beyond what is in use: a pad, and parts of arenas.</summary>
    private const long HeldReadyBytes = 192L << 20;

    /// <summary>Lets the process take so much resident memory, and little more.</summary>
    /// <param name="bytes">Resident bytes, what is in use already included.</param>
    /// <returns>The limit to go back to, for <see cref="Lift"/>; null where the system has no such limit.</returns>
    public static ulong? Limit(long bytes)
    {
        if (!OperatingSystem.IsLinux() || GetLimit(DataLimit, out var before) != 0)
            return null;
        var now = Sizes();
        // Pages of files (the libraries) are resident and not counted; reserved pages are counted and not resident.
        var data = Math.Max(bytes - now.File, 0) + (now.Data - now.Anonymous) + HeldReadyBytes;
        var limit = before with { Soft = Math.Min((ulong)data, before.Hard) };
        return SetLimit(DataLimit, limit) == 0
            ? before.Soft
            : throw new IOException($"setrlimit: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Goes back to the limit before, so that what went wrong can be told.</summary>
    public static void Lift(ulong? before)
    {
        if (before is not { } soft || !OperatingSystem.IsLinux() || GetLimit(DataLimit, out var now) != 0)
            return;
        _ = SetLimit(DataLimit, now with { Soft = soft });
    }

    [SupportedOSPlatform("linux")]
    private static (long Data, long Anonymous, long File) Sizes()
    {
        var fields = File.ReadLines("/proc/self/status").Select(line => line.Split(':', 2)).Where(field => field.Length == 2)
            .ToDictionary(field => field[0], field => field[1], StringComparer.Ordinal);
        return (Bytes("VmData"), Bytes("RssAnon"), Bytes("RssFile"));

        long Bytes(string name) => long.Parse(fields[name].AsSpan().Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct ResourceLimit(ulong Soft, ulong Hard);
}
