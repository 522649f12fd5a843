using System.Text;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.StandAlone;

/// <summary>One service per data directory: the lock is the operating system's, so it goes with the process however that ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    /// <summary>EWOULDBLOCK: another process holds the lock.</summary>
    private const int IsLocked = 11;

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    public static DataDirectoryLock Take(string dataDirectory)
    {
        try
        {
            Directory.CreateDirectory(dataDirectory);
            LetPostgresPass(dataDirectory);
            var file = new FileStream(Path.Combine(dataDirectory, "service.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return new DataDirectoryLock(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartUpException(
                exception.HResult == IsLocked
                    ? $"Another service uses the data directory {dataDirectory}. Stop it, or choose another directory with --DataDirectory."
                    : $"The data directory {dataDirectory} cannot be used: {exception.Message} Choose another directory with --DataDirectory.",
                exception);
        }
    }

    // Started as root, PostgreSQL runs as another user, whose own folder is inside; passing through is not reading.
    private static void LetPostgresPass(string dataDirectory)
    {
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(dataDirectory, File.GetUnixFileMode(dataDirectory) | UnixFileMode.OtherExecute);
    }

    public void Dispose() => _file.Dispose();
}
