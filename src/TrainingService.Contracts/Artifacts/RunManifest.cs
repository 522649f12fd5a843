namespace TrainingService.Contracts.Artifacts;

/// <summary>The content of a job's <c>manifest.json</c>: what the run left and what made it.</summary>
/// <param name="JobId">Which job.</param>
/// <param name="Attempt">The attempt that ended the job.</param>
/// <param name="SpecSha256">Digest of the resolved spec as JSON, lower-case hex.</param>
/// <param name="Versions">Versions by name: <c>training_service</c>, <c>torch_sharp</c>, <c>dotnet</c>.</param>
/// <param name="Files">Every file but this one, by name.</param>
public sealed record RunManifest(
    Guid JobId, int Attempt, string SpecSha256, IReadOnlyDictionary<string, string> Versions, IReadOnlyList<ManifestFile> Files);

/// <summary>A file of the run.</summary>
/// <param name="Name">Name within the job.</param>
/// <param name="Kind">As in the artifacts' listing.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="Sha256">Digest, lower-case hex.</param>
public sealed record ManifestFile(string Name, string Kind, long SizeBytes, string Sha256);
