using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TrainingService.Engine.Native;

/// <summary>
/// Loads libtorch before TorchSharp is first touched. <c>libLibTorchSharp.so</c> asks for <c>GLIBCXX_3.4.32</c>, which Debian 12,
/// Ubuntu 22.04 and RHEL 9 lack although nothing uses it; there a private copy is loaded in which that requirement is weak.
/// </summary>
public static partial class NativeTorch
{
    private const string Wrapper = "libLibTorchSharp.so";
    private const string UnusedVersion = "GLIBCXX_3.4.32";

    private static readonly Lazy<string> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Path of the loaded wrapper, which is the copy on hosts with an older libstdc++; empty where TorchSharp finds it itself.</summary>
    public static string WrapperPath => Loaded.Value;

    /// <summary>Whether numbers that are handed to native calls stay until the calls are over; see <see cref="ScalarRelease"/>.</summary>
    internal static bool KeepsScalars { get; private set; }

    /// <summary>Makes TorchSharp usable; called before any other use of it. Later calls do nothing.</summary>
    /// <exception cref="DllNotFoundException">The natives are missing or do not load on this host.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static string Load()
    {
        if (!OperatingSystem.IsLinux())
            return "";
        LetIdleThreadsSleep();
        NativeMemory.KeepFreed();
        var folder = FindFolder();
        foreach (var library in (ReadOnlySpan<string>)["libtorch_cpu.so", "libtorch.so"])
            NativeLibrary.Load(Path.Combine(folder, library));
        var original = Path.Combine(folder, Wrapper);
        var path = original;
        if (!NativeLibrary.TryLoad(path, out var wrapper))
            wrapper = NativeLibrary.Load(path = ElfVersionNeeds.WriteWeakCopy(original, UnusedVersion, CacheFolder()));
        KeepsScalars = ScalarRelease.TryDefer(wrapper);
        return path;
    }

    /// <summary>
    /// OpenMP's threads spin for milliseconds while they wait for each other. Where other processes want the same cores, that turns
    /// seconds into minutes, so they spin for about a third of a millisecond and then sleep, unless the operator chose otherwise: much
    /// shorter, and every operation of a small model waits for a thread to wake. OpenMP reads this when it loads.
    /// </summary>
    private static void LetIdleThreadsSleep()
    {
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetEnvironment("GOMP_SPINCOUNT", "20000", overwrite: 0);
    }

    // .NET keeps a copy of the environment; native libraries see only the process's own.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>The natives lie beside the program, or under <c>runtimes</c> when it was built for every platform.</summary>
    private static string FindFolder()
    {
        var root = AppContext.BaseDirectory;
        string[] candidates = [root, Path.Combine(root, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"), Path.Combine(root, "runtimes", "linux-x64", "native")];
        return candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, Wrapper)))
            ?? throw new DllNotFoundException(
                $"{Wrapper} was expected in one of: {string.Join(", ", candidates)}. The program that computes must reference TorchSharp-cpu or TorchSharp-cuda-linux.");
    }

    [SupportedOSPlatform("linux")]
    private static string CacheFolder()
    {
        var home = Environment.GetEnvironmentVariable("HOME");
        string?[] bases =
        [
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME"),
            string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cache"),
            Path.GetTempPath(),
        ];
        foreach (var folder in bases.Where(path => !string.IsNullOrEmpty(path)).Select(path => Path.Combine(path!, "trainingservice", "native")))
        {
            if (TryCreate(folder))
                return folder;
        }
        throw new DllNotFoundException($"No folder to keep a copy of {Wrapper} in could be created; set XDG_CACHE_HOME to a writable one.");
    }

    [SupportedOSPlatform("linux")]
    private static bool TryCreate(string folder)
    {
        try
        {
            // A cache that others can write to would let them run code here.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var probe = Path.Combine(folder, Path.GetRandomFileName());
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
