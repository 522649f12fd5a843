using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using TrainingService.Contracts.Json;

namespace TrainingService.Worker.Child;

/// <summary>What this process says on stdout: one JSON object per line, each written at once.</summary>
internal sealed partial class MessageWriter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _line = new();
    private readonly FileStream _stdout;

    private MessageWriter(FileStream stdout) => _stdout = stdout;

    /// <summary>Takes stdout for itself; what anybody else prints, native code included, goes to stderr from here on.</summary>
    public static MessageWriter TakeStdout()
    {
        const int stdoutDescriptor = 1, stderrDescriptor = 2;
        var own = Checked(Duplicate(stdoutDescriptor));
        Checked(Duplicate(stderrDescriptor, stdoutDescriptor));
        return new MessageWriter(new FileStream(new SafeFileHandle(own, ownsHandle: true), FileAccess.Write, bufferSize: 0));
    }

    public void Write<T>(string type, T data)
    {
        lock (_lock)
        {
            _line.SetLength(0);
            JsonSerializer.Serialize(_line, new Message(type, JsonSerializer.SerializeToElement(data, ContractsJson.Options)), ContractsJson.Options);
            _line.WriteByte((byte)'\n');
            _stdout.Write(_line.GetBuffer().AsSpan(0, (int)_line.Length));
        }
    }

    public void Dispose() => _stdout.Dispose();

    /// <summary>What every line is, whoever reads it.</summary>
    private sealed record Message(string Type, JsonElement Data);

    private static int Checked(int descriptor) =>
        descriptor >= 0 ? descriptor : throw new IOException($"dup: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int descriptor, int onto);
}
