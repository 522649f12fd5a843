using System.Runtime.InteropServices;

namespace TrainingService.Engine.Exports;

/// <summary>Files that are whole or absent.</summary>
public static partial class AtomicFile
{
    /// <summary>Writes to a temporary name beside the file, brings it to the disk, then renames it and brings the folder to the disk.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="step">Told before each thing that is done to the disk. Default: nobody.</param>
    public static void Write(string path, Action<Stream> write, Action<string>? step = null)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            step?.Invoke("create");
            using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16))
            {
                write(stream);
                step?.Invoke("sync");
                stream.Flush(flushToDisk: true);
            }
            step?.Invoke("rename");
            File.Move(draft, path, overwrite: true);
            step?.Invoke("sync folder");
            SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Brings names to the disk: a file that was renamed and whose folder was not brought there may be gone after a loss of power.</summary>
    private static void SyncFolder(string path)
    {
        const int closeOnExec = 0x80000; // O_CLOEXEC of Linux
        if (!OperatingSystem.IsLinux())
            return;
        var folder = Open(path, closeOnExec);
        if (folder < 0)
            throw Refused(path);
        try
        {
            if (FSync(folder) != 0)
                throw Refused(path);
        }
        finally
        {
            _ = Close(folder);
        }
    }

    /// <summary>As .NET's own: the system's number tells a full disk from a broken one.</summary>
    private static IOException Refused(string path) => new($"{Marshal.GetLastPInvokeErrorMessage()} : '{path}'", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
