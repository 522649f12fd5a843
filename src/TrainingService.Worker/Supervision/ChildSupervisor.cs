using System.Text.Json;
using TrainingService.Contracts.Json;

namespace TrainingService.Worker.Supervision;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">128 + n when signal n ended it.</param>
/// <param name="Silence">Set when it was killed because it said nothing for so long.</param>
/// <param name="OutOfMemory">Whether the kernel killed it for want of memory.</param>
internal sealed record ChildEnd(int ExitCode, TimeSpan? Silence, bool OutOfMemory);

/// <summary>Whoever listens to a process: one part takes what it says, the other stores beside it what was taken.</summary>
/// <typeparam name="TMessage">What a line is.</typeparam>
internal interface IChildListener<in TMessage>
{
    /// <summary>Takes the next message. While it waits, so does the process, once its pipe is full.</summary>
    /// <exception cref="InvalidDataException">Such a process does not say that.</exception>
    ValueTask TakeAsync(TMessage message, CancellationToken ct);

    /// <summary>Nothing more comes: the process has closed its pipes, or storing has failed.</summary>
    void Complete();

    /// <summary>Stores until <see cref="Complete"/> and everything before it is stored.</summary>
    /// <returns>False when nothing may be written any more.</returns>
    Task<bool> StoreAsync(CancellationToken ct);
}

/// <summary>Sits at the pipes of a process until it has ended and all it said is stored.</summary>
internal sealed class ChildSupervisor<TMessage>(ChildProcess child, StderrLog stderr, SilenceWatch silence, IChildListener<TMessage> listener)
    where TMessage : class
{
    private const int MaxLineBytes = 4 << 20;

    private OomKills _oomKills = OomKills.Since(child.Id);
    private bool _hasSpoken;

    /// <param name="stop">The process is asked to end cleanly.</param>
    /// <param name="ended">The process is killed, and nothing more is stored.</param>
    /// <exception cref="InvalidDataException">It said something that such a process does not say.</exception>
    public async Task<ChildEnd> RunAsync(CancellationToken stop, CancellationToken ended)
    {
        await using var onEnded = ended.Register(child.Kill);
        await using var onStop = stop.Register(child.Stop);
        await using var onStall = silence.Stalled.Register(child.Kill);

        var logging = stderr.PumpAsync(child.Stderr);
        var storing = StoreAsync(ended);
        var reading = ReadAsync(logging, ended);
        // The store's failure comes first: it is the cause of the reader's.
        await Task.WhenAll(storing, reading);
        var exitCode = await child.WaitAsync();
        return new ChildEnd(exitCode, silence.Stalled.IsCancellationRequested ? silence.Limit : null, exitCode == ExitCodes.Killed && _oomKills.Any);
    }

    private async Task StoreAsync(CancellationToken ct)
    {
        var finished = false;
        try
        {
            finished = await listener.StoreAsync(ct);
        }
        finally
        {
            listener.Complete();
            if (!finished)
                child.Kill();
        }
    }

    private async Task ReadAsync(Task logging, CancellationToken ct)
    {
        var finished = false;
        try
        {
            await foreach (var line in Lines.ReadAsync(child.Stdout, MaxLineBytes, ct))
            {
                silence.Heard();
                var message = Parse(line.Span);
                // Whatever started it may have put it into a control group of its own before it spoke.
                if (!_hasSpoken)
                    (_hasSpoken, _oomKills) = (true, OomKills.Since(child.Id));
                await listener.TakeAsync(message, ct);
                silence.Listen();
            }
            finished = true;
        }
        finally
        {
            if (!finished)
                child.Kill();
            await logging;
            listener.Complete();
        }
    }

    private static TMessage Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<TMessage>(line, ContractsJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"stdout: expected a message per line. {exception.Message}", exception);
        }
    }
}
