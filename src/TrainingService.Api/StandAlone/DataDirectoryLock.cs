using System.Text;

namespace TrainingService.Api.StandAlone;

/// <summary>One service per data directory: the lock is the operating system's, so it goes with the process however that ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    public static DataDirectoryLock Take(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        LetPostgresPass(dataDirectory);
        var path = Path.Combine(dataDirectory, "service.lock");
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new StartUpException(
                $"Another service uses the data directory {dataDirectory}. Stop it, or choose another directory with --DataDirectory.", exception);
        }
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        file.Flush();
        return new DataDirectoryLock(file);
    }

    // Started as root, PostgreSQL runs as another user, whose own folder is inside; passing through is not reading.
    private static void LetPostgresPass(string dataDirectory)
    {
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(dataDirectory, File.GetUnixFileMode(dataDirectory) | UnixFileMode.OtherExecute);
    }

    public void Dispose() => _file.Dispose();
}
