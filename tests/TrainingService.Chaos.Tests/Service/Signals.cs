using System.Runtime.InteropServices;

namespace TrainingService.Chaos.Tests.Service;

internal enum Signal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>Signals to processes by their ids.</summary>
internal static partial class Signals
{
    private const int NoSuchProcess = 3;

    /// <returns>False when the process is gone already.</returns>
    public static bool Send(int processId, Signal signal)
    {
        if (processId <= 1)
            throw new ArgumentOutOfRangeException(nameof(processId), processId, "expected the id of one process");
        if (Kill(processId, (int)signal) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new InvalidOperationException($"kill {signal} {processId}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
