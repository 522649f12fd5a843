using System.Diagnostics;

namespace TrainingService.Client.Cli;

/// <summary>Waits for the service, but not past a limit and not when its process has ended.</summary>
internal sealed class ReadyWait : IDisposable
{
    private readonly TrainingServiceClient _client;
    private readonly Terminal _terminal;
    private readonly TimeSpan _limit;
    private readonly int? _processId;
    private readonly CancellationToken _interrupted;
    private readonly CancellationTokenSource _stop;
    private bool _hasEnded;

    public ReadyWait(TrainingServiceClient client, Terminal terminal, TimeSpan limit, int? processId, CancellationToken ct)
    {
        (_client, _terminal, _limit, _processId, _interrupted) = (client, terminal, limit, processId, ct);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _stop.CancelAfter(limit);
    }

    public async Task<int> RunAsync()
    {
        try
        {
            using var process = Watch();
            await _client.WaitReadyAsync(_stop.Token);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (!_interrupted.IsCancellationRequested)
        {
            _terminal.WriteLine(_hasEnded
                ? $"The service's process {_processId} has ended."
                : $"{_client.ServerUrl} is not ready after {_limit.TotalSeconds:0} seconds.");
            return ExitCode.Failure;
        }
    }

    public void Dispose() => _stop.Dispose();

    private Process? Watch()
    {
        if (_processId is not { } id)
            return null;
        try
        {
            var process = Process.GetProcessById(id);
            process.EnableRaisingEvents = true;
            process.Exited += (_, _) => End();
            return process;
        }
        catch (ArgumentException)
        {
            // There is no such process (any more).
            End();
            return null;
        }
    }

    private void End()
    {
        _hasEnded = true;
        _stop.Cancel();
    }
}
