namespace TrainingService.Contracts.Jobs;

/// <summary>One run of a job by a worker.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Owner">Which worker.</param>
/// <param name="StartedAt">When it took the job.</param>
/// <param name="EndedAt">When the run ended, else null.</param>
/// <param name="FencedAt">When somebody else ended it, because its worker was silent; nothing it wrote after that counts.</param>
/// <param name="Outcome">How it ended, else null.</param>
/// <param name="ExitCode">The trainer's, where it is known; 128 + n when signal n ended it.</param>
/// <param name="Error">What ended it, or null.</param>
/// <param name="ResumedFromEpoch">Finished epochs that it went on from; null when it began anew.</param>
/// <param name="ResumedFromStep">Batches of the epoch after them.</param>
public sealed record AttemptResponse(
    int Attempt, string Owner, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset? FencedAt, AttemptOutcome? Outcome,
    int? ExitCode, JobError? Error, int? ResumedFromEpoch, long? ResumedFromStep);

/// <summary>A change of a job's status, phase or wish.</summary>
/// <param name="Seq">Number of its event.</param>
/// <param name="Attempt">The attempt it belongs to; 0 before the first.</param>
/// <param name="Status">After the change.</param>
/// <param name="Phase">After the change, or null.</param>
/// <param name="Requested">What was asked for, or null.</param>
/// <param name="Reason">Why, in a few words for people; of an end the stop reason.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Worker">The worker of the attempt; null before the first.</param>
public sealed record TransitionResponse(
    long Seq, int Attempt, string Status, string? Phase, string? Requested, string? Reason, DateTimeOffset CreatedAt, string? Worker = null);

/// <summary>A checkpoint that is kept.</summary>
/// <param name="Number">Of the job, rising.</param>
/// <param name="Attempt">The attempt that wrote it; 0 when it came from the parent.</param>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Step">Batches done of the epoch after them; 0 between epochs.</param>
/// <param name="IsLatest">Whether another run would go on from it.</param>
/// <param name="IsBest">Whether it was the best when it was written.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="Sha256">Digest, lower-case hex.</param>
/// <param name="CreatedAt">When it was stored.</param>
public sealed record CheckpointResponse(
    long Number, int Attempt, int Epoch, long Step, bool IsLatest, bool IsBest, long SizeBytes, string Sha256, DateTimeOffset CreatedAt);

/// <summary>A worker that gave a sign of life a moment ago.</summary>
/// <param name="Id">Names it in <see cref="AttemptResponse.Owner"/>.</param>
/// <param name="Host">Its machine.</param>
/// <param name="Pid">Its process there.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Queues">Which it serves.</param>
/// <param name="Devices">What it offers: <c>cpu</c>, <c>cuda:0</c>.</param>
/// <param name="MaxConcurrentJobs">Runs at most.</param>
/// <param name="Running">Runs now.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="SeenAt">Its last sign of life.</param>
public sealed record WorkerResponse(
    string Id, string Host, int Pid, string Version, IReadOnlyList<string> Queues, IReadOnlyList<string> Devices, int MaxConcurrentJobs,
    int Running, DateTimeOffset StartedAt, DateTimeOffset SeenAt);
