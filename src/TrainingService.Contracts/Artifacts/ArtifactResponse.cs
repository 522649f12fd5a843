namespace TrainingService.Contracts.Artifacts;

/// <summary>A file that a job left.</summary>
/// <param name="Name">Name within the job: <c>model.safetensors</c>, <c>logs/train/events.out.tfevents…</c>.</param>
/// <param name="Kind"><c>model</c>, <c>config</c>, <c>weights</c>, <c>history</c>, <c>tensorboard</c>, <c>log</c>, <c>plan</c> or <c>manifest</c>.</param>
/// <param name="MediaType">Such as <c>application/octet-stream</c>.</param>
/// <param name="SizeBytes">Length of the file.</param>
/// <param name="Sha256">Digest of the file, lower-case hex.</param>
/// <param name="CreatedAt">When it was stored.</param>
public sealed record ArtifactResponse(string Name, string Kind, string MediaType, long SizeBytes, string Sha256, DateTimeOffset CreatedAt);
