using System.Runtime.InteropServices;

namespace TrainingService.Engine.Native;

/// <summary>
/// How the C library keeps freed memory. By default glibc gives every block of some hundred kilobytes back to the system and asks for
/// it again with the next batch, and the system fills each page with zeros: a third of a training step's time. Told to keep it, a
/// process reuses the same pages from batch to batch.
/// </summary>
internal static class NativeMemory
{
    // Numbers of glibc's malloc.h.
    private const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3, ArenaMax = -8;

    private const int LargestMmapThreshold = 32 << 20; // glibc takes no more

    private delegate int Mallopt(int parameter, int value);

    /// <summary>
    /// Keeps freed memory for the next batch, up to half a gigabyte of it, unless the operator set glibc's own variables
    /// (<c>MALLOC_TRIM_THRESHOLD_</c>, <c>MALLOC_MMAP_THRESHOLD_</c>). Other C libraries have no such setting.
    /// </summary>
    public static void KeepFreed()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is not null || Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is not null
            || !NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out var address))
            return;
        var mallopt = Marshal.GetDelegateForFunctionPointer<Mallopt>(address);
        _ = mallopt(MmapThreshold, LargestMmapThreshold);
        _ = mallopt(TrimThreshold, 512 << 20);
        _ = mallopt(TopPad, 64 << 20);
        // Every arena holds such a pad ready, and by default there is one for nearly every thread.
        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null)
            _ = mallopt(ArenaMax, 2);
    }
}
