using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TrainingService.Engine.Native;

/// <summary>
/// Keeps the numbers that are handed to native calls until the calls are over. TorchSharp makes a <c>Scalar</c> of the 0.5 in <c>x.mul(0.5f)</c> and
/// passes its address on; from then on nothing refers to it, and a collection that another thread begins may finalize it while the call has yet
/// to read it. The call then reads freed memory: "Expected false to be true, but got false", or another number. So what TorchSharp's finalizer
/// releases is freed some seconds later: the native function that it calls begins with a jump to <see cref="Release"/>.
/// </summary>
internal static unsafe partial class ScalarRelease
{
    private const string Function = "THSTorch_dispose_scalar";
    private const int ReadWriteExecute = 7, ReadExecute = 5;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);
    private static readonly Lock Gate = new();

    // What is released waits for two turns more, so that a process that stood still for a while frees nothing too early.
    private static List<nint> _young = [], _middle = [], _old = [];
    private static long _turnedAt = Stopwatch.GetTimestamp();

    /// <summary>Puts the jump in place; called before the first Scalar is made.</summary>
    /// <param name="wrapper">The loaded LibTorchSharp.</param>
    /// <returns>False where that is not possible: on another kind of processor, or where the system lets no program change its code.</returns>
    public static bool TryDefer(nint wrapper)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return false;
        ReadOnlySpan<byte> jump = [0x48, 0xB8, .. BitConverter.GetBytes((long)(delegate* unmanaged<nint, void>)&Release), 0xFF, 0xE0]; // mov rax, …; jmp rax
        var start = NativeLibrary.GetExport(wrapper, Function);
        var page = start & -Environment.SystemPageSize;
        var length = start + jump.Length - page;
        if (SetProtection(page, length, ReadWriteExecute) != 0)
            return false;
        jump.CopyTo(new Span<byte>((void*)start, jump.Length));
        return SetProtection(page, length, ReadExecute) == 0;
    }

    [UnmanagedCallersOnly]
    private static void Release(nint scalar)
    {
        if (scalar == 0)
            return;
        lock (Gate)
        {
            _young.Add(scalar);
            if (Stopwatch.GetElapsedTime(_turnedAt) < Turn)
                return;
            foreach (var past in _old)
                System.Runtime.InteropServices.NativeMemory.Free((void*)past);
            _old.Clear();
            (_young, _middle, _old) = (_old, _young, _middle);
            _turnedAt = Stopwatch.GetTimestamp();
        }
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetProtection(nint address, nint length, int protection);
}
