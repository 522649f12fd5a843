using System.Text.Json;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Queue;

/// <summary>Sits between a trainer's pipes and the store until the trainer has ended and all it said is stored.</summary>
internal sealed class TrainerSupervisor(
    TrainerProcess trainer, StderrLog stderr, EventWriter writer, EventBell bell, Lease lease, SilenceWatch silence, TimeProvider time, Claim claim)
{
    private const int MaxLineBytes = 4 << 20;

    private OomKills _oomKills = OomKills.Since(trainer.Id);
    private bool _hasSpoken;

    /// <exception cref="InvalidDataException">It said something that a trainer does not say.</exception>
    /// <exception cref="StorageFullException">There was no room for one of its files.</exception>
    /// <exception cref="OperationCanceledException">The lease is lost, or <paramref name="giveUp"/>.</exception>
    public async Task<TrainerEnd> RunAsync(CancellationToken giveUp)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, giveUp);
        await using var onLost = ended.Token.Register(trainer.Kill);
        await using var onRequest = lease.StopRequested.Register(trainer.Stop);
        await using var onStall = silence.Stalled.Register(trainer.Kill);

        var logging = stderr.PumpAsync(trainer.Stderr);
        var storing = StoreAsync(ended.Token);
        var reading = ReadAsync(logging, ended.Token);
        // The store's failure comes first: it is the cause of the reader's.
        await Task.WhenAll(storing, reading);
        lease.Lost.ThrowIfCancellationRequested();
        var exitCode = await trainer.WaitAsync();
        return new TrainerEnd(
            await reading, exitCode, silence.Stalled.IsCancellationRequested ? silence.Limit : null, exitCode == TrainerExit.Killed && _oomKills.Any);
    }

    private async Task StoreAsync(CancellationToken ct)
    {
        var finished = false;
        try
        {
            finished = await writer.RunAsync(ct);
            if (!finished)
                lease.MarkLost();
        }
        finally
        {
            writer.Complete();
            if (!finished)
                trainer.Kill();
        }
    }

    private async Task<TrainerResult?> ReadAsync(Task logging, CancellationToken ct)
    {
        TrainerResult? result = null;
        var finished = false;
        try
        {
            await foreach (var line in Lines.ReadAsync(trainer.Stdout, MaxLineBytes, ct))
            {
                silence.Heard();
                result = await TakeAsync(Parse(line.Span), ct) ?? result;
                silence.Listen();
            }
            finished = true;
        }
        finally
        {
            if (!finished)
                trainer.Kill();
            await logging;
            writer.Complete();
        }
        return result;
    }

    private static TrainerMessage Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainerMessage>(line, ContractsJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"stdout: expected a message per line. {exception.Message}", exception);
        }
    }

    private async ValueTask<TrainerResult?> TakeAsync(TrainerMessage message, CancellationToken ct)
    {
        // Whatever started it may have put it into a control group of its own before it spoke.
        if (!_hasSpoken)
            (_hasSpoken, _oomKills) = (true, OomKills.Since(trainer.Id));
        switch (message.Type)
        {
            case TrainerMessageTypes.Alive:
                return null;
            case EventTypes.Progress:
                bell.SendProgress(new JobEvent(null, claim.JobId, claim.Attempt, message.Type, time.GetUtcNow(), message.Data));
                return null;
            case TrainerMessageTypes.Result:
                // Its last line: from here on it only has to exit, by the deadline.
                trainer.Stop();
                return Batch.Read<TrainerResult>(message);
            default:
                await writer.WriteAsync(message, ct);
                return null;
        }
    }
}
