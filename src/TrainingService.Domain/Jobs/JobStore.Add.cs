using System.Data.Common;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>New jobs.</summary>
public sealed partial class JobStore
{
    private const string Columns =
        """
        id, name, spec, model, tags, metadata, status, queue, priority, lane, attempt, uncounted_attempts, max_attempts, max_pending_at, run_seconds,
        epochs, last_seq, created_at, offered_at, parent_id, parent_relation, idempotency_key, idempotency_sha256,
        epoch, checkpoint_number, checkpoint_epoch, checkpoint_step
        """;

    private const string Values =
        """
        @id, @name, @spec::jsonb, @model::jsonb, @tags, @metadata::jsonb, 'queued', @queue, @priority, @lane, 0, 0, @max_attempts,
        now() + make_interval(secs => @max_pending::double precision), 0, @epochs, @n, now(), now(), @parent::uuid, @relation, @key, @key_sha256
        """;

    private const string OncePerKey = "ON CONFLICT (idempotency_key) DO NOTHING";

    /// <summary>Adds a queued job with its first event. Putting it on the queue is the caller's next step.</summary>
    public async Task<Guid> AddAsync(JobSubmission submission, CancellationToken ct) => (await AddAsync(submission, null, null, ct)).JobId;

    /// <summary>As the other one; a continued job gets its parent's checkpoints with it, and a request with a key makes one job however often it comes.</summary>
    public async Task<AddResult> AddAsync(JobSubmission submission, JobOrigin? origin, IdempotencyKey? key, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var offer = OfferOf(id, submission.Spec);
        var continues = origin is { Relation: ParentRelation.Continue };
        var specJson = JsonText.Of(submission.Spec);
        var values = ValuesOf(submission, specJson, offer, origin, key);
        while (true)
        {
            var added = await (continues ? AddContinuedAsync(values, ct) : AddNewAsync(values, ct));
            if (added is [var createdAt])
            {
                bell.Ring(id);
                return new AddResult(AddOutcome.Created, id, offer, continues ? null : new StoredJob(createdAt, specJson));
            }
            if (key is not null && await FindRepeatedAsync(key, ct) is { } repeated)
                return repeated;
            if (continues && !await HasCheckpointAsync(origin!.ParentId, ct))
                return new AddResult(AddOutcome.NoCheckpoint, origin.ParentId);
            // The job with this key was deleted between the statements.
        }
    }

    private const string AddWebhooks = """
        INSERT INTO webhooks (job_id, number, seq, active, tries, next_at, delivered, dead)
        SELECT id, number, 0, true, 0, at, 0, 0 FROM job, generate_series(0, @webhooks - 1) AS number
        """;

    private Task<IReadOnlyList<DateTimeOffset>> AddNewAsync((string, object?)[] values, CancellationToken ct) =>
        _sql.WriteAsync(
            $"INSERT INTO jobs ({Columns}) VALUES ({Values}, 0, NULL, NULL, NULL) {OncePerKey} RETURNING {JobSql.Row}, created_at", AddWebhooks,
            [JobEvents.Status(JobStatus.Queued, reason: "accepted")], CreatedAt, ct, values);

    /// <summary>The parent's rows are locked, so that its bytes have a row that names them at any time.</summary>
    private Task<IReadOnlyList<DateTimeOffset>> AddContinuedAsync((string, object?)[] values, CancellationToken ct) =>
        _sql.WriteAsync(
            $"""
            INSERT INTO jobs ({Columns})
            SELECT {Values}, latest.epoch, latest.number, latest.epoch, latest.step
            FROM (SELECT number, epoch, step FROM checkpoints WHERE job_id = @parent ORDER BY number DESC LIMIT 1 FOR SHARE) AS latest
            {OncePerKey} RETURNING {JobSql.Row}, created_at
            """,
            also:
            [
                AddWebhooks,
                """
                INSERT INTO checkpoints (job_id, number, attempt, epoch, step, is_best, sha256, size_bytes, created_at)
                SELECT job.id, parents.number, 0, parents.epoch, parents.step, false, parents.sha256, parents.size_bytes, parents.created_at
                FROM job, (SELECT * FROM checkpoints WHERE job_id = @parent FOR SHARE) AS parents
                """,
            ],
            [JobEvents.Status(JobStatus.Queued, reason: "accepted")], CreatedAt, ct, values);

    private static DateTimeOffset CreatedAt(DbDataReader row) => row.GetFieldValue<DateTimeOffset>(row.GetOrdinal("created_at"));

    private (string, object?)[] ValuesOf(JobSubmission submission, string specJson, Offer offer, JobOrigin? origin, IdempotencyKey? key)
    {
        var spec = submission.Spec;
        return
        [
            ("id", offer.JobId), ("name", spec.Name ?? submission.Model.Name), ("spec", specJson), ("model", JsonText.Of(submission.Model)),
            ("tags", (spec.Tags ?? []).ToArray()), ("metadata", JsonText.Of(spec.Metadata ?? new Dictionary<string, string>())),
            ("queue", offer.Queue), ("priority", (short)(spec.Priority ?? JobPriority.Normal)), ("lane", (short)offer.Lane),
            ("max_attempts", spec.Retry?.MaxAttempts ?? options.Value.MaxAttempts), ("max_pending", spec.Stopping?.MaxPendingSeconds),
            ("epochs", spec.Fit?.Epochs ?? 1), ("parent", origin?.ParentId), ("relation", origin?.Relation.ToText()),
            ("webhooks", (spec.Fit?.Callbacks ?? []).OfType<RemoteMonitor>().Count()),
            ("key", key?.Key), ("key_sha256", key?.BodySha256),
        ];
    }

    private static Offer OfferOf(Guid id, JobSpec spec) => new(id, spec.Queue ?? TrainingQueue.Cpu, LaneOf(spec.Priority ?? JobPriority.Normal));

    private static QueueLane LaneOf(JobPriority priority) => priority switch
    {
        JobPriority.High => QueueLane.High,
        JobPriority.Low => QueueLane.Low,
        _ => QueueLane.Normal,
    };

    private async Task<AddResult?> FindRepeatedAsync(IdempotencyKey key, CancellationToken ct)
    {
        var found = await _sql.ReadAsync(
            "SELECT id, idempotency_sha256 FROM jobs WHERE idempotency_key = @key", row => (Id: row.GetGuid(0), Sha256: row.GetString(1)), ct, ("key", key.Key));
        return found is [var (id, sha256)] ? new AddResult(sha256 == key.BodySha256 ? AddOutcome.Repeated : AddOutcome.KeyReused, id) : null;
    }

    private async Task<bool> HasCheckpointAsync(Guid jobId, CancellationToken ct) =>
        (await _sql.ReadAsync("SELECT job_id FROM checkpoints WHERE job_id = @id LIMIT 1", Changed, ct, ("id", jobId))).Count > 0;
}
