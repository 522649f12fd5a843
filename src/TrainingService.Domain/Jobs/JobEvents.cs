using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>The events that the store itself writes.</summary>
internal static class JobEvents
{
    public static NewEvent Status(JobStatus status, JobPhase? phase = null, string? reason = null, string? requested = null) =>
        new(EventTypes.Status, JsonText.Element(new StatusEvent(status.ToText(), phase?.ToText(), reason, requested)));

    public static NewEvent Terminal(JobStatus status, StopReason reason, JobError? error = null) =>
        new(EventTypes.Terminal, JsonText.Element(new TerminalEvent(status.ToText(), reason.ToText(), error)));

    public static NewEvent Kept(Checkpoint checkpoint) => new(EventTypes.Checkpoint, JsonText.Element(
        new CheckpointEvent(checkpoint.Number, checkpoint.Epoch, checkpoint.Step, checkpoint.SizeBytes, checkpoint.IsBest)));

    public static NewEvent Stored(Artifact artifact) =>
        new(EventTypes.Artifact, JsonText.Element(new ArtifactEvent(artifact.Name, artifact.Kind, artifact.SizeBytes, artifact.Sha256)));
}
