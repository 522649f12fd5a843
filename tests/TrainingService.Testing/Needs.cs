using TrainingService.Domain.Storage;
using Xunit;

namespace TrainingService.Testing;

/// <summary>What a test needs of the machine: where it is missing, the test fails in CI and is skipped elsewhere.</summary>
public static class Needs
{
    /// <summary>Whether a missing dependency is a failure.</summary>
    public static bool IsCi => Environment.GetEnvironmentVariable("CI") is { Length: > 0 };

    /// <summary>PostgreSQL's programs, for tests that start the service as a user does.</summary>
    public static void Postgres()
    {
        try
        {
            PostgresPrograms.Find(directory: null, major: null);
        }
        catch (InvalidOperationException missing) when (!IsCi)
        {
            Assert.Skip(missing.Message);
        }
    }

    /// <summary>A file such as a program, by its path.</summary>
    public static void File(string path, string package)
    {
        if (!IsThere(path))
            Missing($"{path} is missing. Install the package {package}.");
    }

    /// <summary>Whether a program's file is there.</summary>
    public static bool IsThere(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    /// <summary>A program on PATH.</summary>
    public static void Program(string name)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => System.IO.File.Exists(Path.Combine(folder, name))))
            Missing($"{name} is not installed.");
    }

    private static void Missing(string message)
    {
        if (IsCi)
            Assert.Fail(message);
        Assert.Skip(message);
    }
}
