using System.Text.Json;
using System.Threading.Channels;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Jobs;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>
/// Brings what a trainer says into the store, in its order and through outages. Whatever has come while a write was under way is the next
/// write, so that a single event does not wait and a flood costs few transactions. The channel is bounded: past it the trainer waits.
/// </summary>
internal sealed class EventWriter(
    JobStore store, ArtifactPublisher artifacts, CheckpointPublisher checkpoints, RunFolder folder, Outage outage, Claim claim, int maxStderrEvents)
{
    private const int ChannelMessages = 4_096;
    private const int BatchEvents = 64;

    private readonly Channel<TrainerMessage> _messages =
        Channel.CreateBounded<TrainerMessage>(new BoundedChannelOptions(ChannelMessages) { SingleReader = true });
    private int _stderrEvents;
    private JobPhase _phase = JobPhase.Preparing; // as the claim left it

    public ValueTask WriteAsync(TrainerMessage message, CancellationToken ct)
    {
        if (message.Type == TrainerMessageTypes.Checkpoint)
            checkpoints.Announce(Batch.Read<TrainerCheckpointFile>(message));
        return _messages.Writer.WriteAsync(message, ct);
    }

    /// <summary>A line of the worker's own.</summary>
    public ValueTask WriteAsync(LogEvent line, CancellationToken ct) => _messages.Writer.WriteAsync(Message(line), ct);

    /// <summary>A line of stderr as a log event: the first ones, and none while the channel is full; the log file has all.</summary>
    public void TryWriteStderr(string line)
    {
        if (_stderrEvents > maxStderrEvents)
            return;
        var text = _stderrEvents++ < maxStderrEvents ? line : "Further lines are in the log file only.";
        _messages.Writer.TryWrite(Message(new LogEvent("info", text)));
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    /// <summary>Writes until <see cref="Complete"/> and everything before it is stored.</summary>
    /// <returns>False when the lease is lost.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        while (await _messages.Reader.WaitToReadAsync(ct))
        {
            var batch = new Batch();
            TrainerMessage? stored = null;
            while (batch.Count < BatchEvents && stored is null && _messages.Reader.TryRead(out var message))
            {
                if (IsStored(message))
                    stored = message;
                else if (message.Type != TrainerMessageTypes.Checkpoint && !IsKnownPhase(message))
                    batch.Add(message);
            }
            if (batch.Count > 0 && !await TryAppendAsync(batch, ct))
                return false;
            if (stored is not null && !await TryStoreAsync(stored, ct))
                return false;
        }
        return true;
    }

    /// <summary>Whether there is a file to store, after what was said before it.</summary>
    private bool IsStored(TrainerMessage message) =>
        message.Type == TrainerMessageTypes.File
        || (message.Type == TrainerMessageTypes.Checkpoint && checkpoints.TryTake(Batch.Read<TrainerCheckpointFile>(message)));

    private async Task<bool> TryStoreAsync(TrainerMessage message, CancellationToken ct)
    {
        if (message.Type == TrainerMessageTypes.File)
        {
            var file = Batch.Read<TrainerFile>(message);
            return await artifacts.TryPublishAsync(folder.OutputPath(file.Name), file.Name, file.Kind, file.MediaType, ct);
        }
        var checkpoint = Batch.Read<TrainerCheckpointFile>(message);
        var fate = await checkpoints.PublishAsync(checkpoint, ct);
        if (fate != CheckpointFate.Damaged)
            return fate == CheckpointFate.Stored;
        var damage = new Batch();
        damage.Add(Message(new LogEvent("warning", $"Checkpoint {checkpoint.Number} of epoch {checkpoint.Epoch} is not kept: its bytes changed on the disk.")));
        return await TryAppendAsync(damage, ct);
    }

    private bool IsKnownPhase(TrainerMessage message)
    {
        if (message.Type != TrainerMessageTypes.Phase)
            return false;
        var before = _phase;
        return (_phase = Batch.Read<TrainerPhase>(message).Phase) == before;
    }

    private Task<bool> TryAppendAsync(Batch batch, CancellationToken ct)
    {
        // The same id again when the answer of a commit was lost: the store writes it once.
        var writeId = Guid.CreateVersion7();
        return outage.RetryAsync(
            "append events", () => store.TryAppendAsync(claim.JobId, claim.Attempt, writeId, batch.Events, batch.Update, ct), ct);
    }

    private static TrainerMessage Message(LogEvent line) =>
        new(EventTypes.Log, JsonSerializer.SerializeToElement(line, ContractsJson.Options));
}
