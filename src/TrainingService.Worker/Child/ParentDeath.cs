using System.Runtime.InteropServices;

namespace TrainingService.Worker.Child;

/// <summary>
/// Ties this process to its worker by the kernel: when the worker dies, so does its child, also one that is stopped, hangs in native
/// code or does not listen to its stdin.
/// </summary>
internal static partial class ParentDeath
{
    private const int SetParentDeathSignal = 1;
    private const nuint Kill = 9;

    /// <summary>From here on the end of the parent is the end of this process.</summary>
    public static void EndsThisProcess()
    {
        if (ProcessControl(SetParentDeathSignal, Kill, 0, 0, 0) != 0)
            throw new IOException($"prctl: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Whether the parent is the worker that wrote the plan; it may have died before <see cref="EndsThisProcess"/>.</summary>
    public static bool IsChildOf(int worker) => ParentProcess() == worker;

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentProcess();
}
