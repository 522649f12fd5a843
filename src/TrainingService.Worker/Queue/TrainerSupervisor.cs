using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>Stands between a trainer and the store until the trainer has ended and all it said is stored.</summary>
internal sealed class TrainerSupervisor(
    ChildProcess trainer, StderrLog stderr, EventWriter writer, EventBell bell, Lease lease, SilenceWatch silence, TimeProvider time, Claim claim)
    : IChildListener<TrainerMessage>
{
    private TrainerResult? _result;

    /// <exception cref="InvalidDataException">It said something that a trainer does not say.</exception>
    /// <exception cref="StorageFullException">There was no room for one of its files.</exception>
    /// <exception cref="OperationCanceledException">The lease is lost, or <paramref name="giveUp"/>.</exception>
    public async Task<TrainerEnd> RunAsync(CancellationToken giveUp)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, giveUp);
        var end = await new ChildSupervisor<TrainerMessage>(trainer, stderr, silence, this).RunAsync(lease.StopRequested, ended.Token);
        lease.Lost.ThrowIfCancellationRequested();
        return new TrainerEnd(_result, end.ExitCode, end.Silence, end.OutOfMemory);
    }

    public async ValueTask TakeAsync(TrainerMessage message, CancellationToken ct)
    {
        switch (message.Type)
        {
            case TrainerMessageTypes.Alive:
                break;
            case EventTypes.Progress:
                bell.SendProgress(new JobEvent(null, claim.JobId, claim.Attempt, message.Type, time.GetUtcNow(), message.Data));
                break;
            case TrainerMessageTypes.Result:
                // Its last line: from here on it only has to exit, by the deadline.
                trainer.Stop();
                _result = Batch.Read<TrainerResult>(message);
                break;
            default:
                await writer.WriteAsync(message, ct);
                break;
        }
    }

    public void Complete() => writer.Complete();

    public async Task<bool> StoreAsync(CancellationToken ct)
    {
        var stored = await writer.RunAsync(ct);
        if (!stored)
            lease.MarkLost();
        return stored;
    }
}
