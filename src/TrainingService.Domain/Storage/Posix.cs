using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TrainingService.Domain.Storage;

/// <summary>System calls that .NET has no method for.</summary>
internal static partial class Posix
{
    private const int ReadOnlyDirectory = 0x1_0000 | 0x8_0000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC, the same number on x64 and most others

    public static bool IsRoot => geteuid() == 0;

    /// <summary>Makes renames and new names in a folder survive a power cut.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = OpenDirectory(path);
        if (fsync(directory) != 0)
            throw Error($"fsync {path}");
    }

    /// <summary>Waits for a lock on a folder among processes; disposing of the result, or the end of the process, gives it back.</summary>
    public static SafeFileHandle LockDirectory(string path, bool exclusive)
    {
        const int Shared = 1, Exclusive = 2, Interrupted = 4;
        var directory = OpenDirectory(path);
        while (flock(directory, exclusive ? Exclusive : Shared) != 0)
        {
            if (Marshal.GetLastPInvokeError() == Interrupted)
                continue;
            var error = Error($"flock {path}");
            directory.Dispose();
            throw error;
        }
        return directory;
    }

    /// <returns>False when the file is not there, or the file system has it otherwise.</returns>
    public static bool TryHardLink(string file, string name) => link(file, name) == 0;

    public static void ChangeOwner(string path, uint user, uint group)
    {
        if (chown(path, user, group) != 0)
            throw Error($"chown {path}");
    }

    private static SafeFileHandle OpenDirectory(string path)
    {
        var handle = open(path, RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x4000 | 0x8_0000 : ReadOnlyDirectory);
        return handle < 0 ? throw Error($"open {path}") : new SafeFileHandle(handle, ownsHandle: true);
    }

    private static IOException Error(string what)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{what}: {error.Message}", error) { HResult = error.NativeErrorCode }; // as .NET's own
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle directory);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle directory, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string file, string name);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
