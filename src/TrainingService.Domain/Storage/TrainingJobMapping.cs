using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>jobs</c>. Ids are UUIDv7, so the newest come first by id alone; every list and every sweep has its index.</summary>
internal sealed class TrainingJobMapping : IEntityTypeConfiguration<TrainingJob>
{
    private const string Queued = "status = 'queued'";
    private const string Running = "status = 'running'";

    public void Configure(EntityTypeBuilder<TrainingJob> job)
    {
        job.ToTable("jobs");
        // Every event of a run writes the row anew. Spec and model are large and stay as they are: they lie beside the row, and a page has
        // room for the row's next version, so that what no index holds changes without any index being written.
        job.HasStorageParameter("toast_tuple_target", 256).HasStorageParameter("fillfactor", 80);
        job.HasKey(j => j.Id);
        job.Property(j => j.Id).ValueGeneratedNever();
        job.Property(j => j.Name).HasMaxLength(200);
        job.Property(j => j.Spec).HasColumnType("jsonb");
        job.Property(j => j.Model).HasColumnType("jsonb");
        job.Property(j => j.Metadata).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, ContractsJson.Options),
            text => JsonSerializer.Deserialize<Dictionary<string, string>>(text, ContractsJson.Options)!,
            new ValueComparer<Dictionary<string, string>>(
                (a, b) => a!.Count == b!.Count && !a.Except(b).Any(),
                value => value.Aggregate(0, (hash, pair) => hash ^ HashCode.Combine(pair.Key, pair.Value)),
                value => new Dictionary<string, string>(value)));
        job.Property(j => j.Status).HasConversion(new EnumText.Converter<JobStatus>()).HasMaxLength(20);
        job.Property(j => j.Phase).HasConversion(new EnumText.Converter<JobPhase>()).HasMaxLength(20);
        job.Property(j => j.StopReason).HasConversion(new EnumText.Converter<StopReason>()).HasMaxLength(40);
        job.Property(j => j.Requested).HasMaxLength(20);
        job.Property(j => j.Queue).HasMaxLength(40);
        job.Property(j => j.Priority).HasConversion<short>();
        job.Property(j => j.Lane).HasConversion<short>();
        job.Property(j => j.ParentRelation).HasConversion(new EnumText.Converter<ParentRelation>()).HasMaxLength(20);
        job.Property(j => j.IdempotencyKey).HasMaxLength(200);
        job.Property(j => j.IdempotencySha256).HasMaxLength(64).IsFixedLength();
        job.Property(j => j.LeaseOwner).HasMaxLength(200);
        job.Property(j => j.Metrics).HasColumnType("jsonb");
        job.Property(j => j.Error).HasColumnType("jsonb");
        job.Property(j => j.LastError).HasColumnType("jsonb");

        job.HasIndex(j => new { j.Status, j.Id }, "ix_jobs_status_id").IsDescending(false, true);
        job.HasIndex(j => j.Tags, "ix_jobs_tags").HasMethod("gin");
        job.HasIndex(j => j.LeaseExpiresAt, "ix_jobs_lease_expires_at").HasFilter(Running);
        job.HasIndex(j => new { j.Queue, j.OfferedAt }, "ix_jobs_queue_offered_at").HasFilter($"{Queued} AND not_before IS NULL");
        job.HasIndex(j => j.NotBefore, "ix_jobs_not_before").HasFilter($"{Queued} AND not_before IS NOT NULL");
        job.HasIndex(j => j.MaxPendingAt, "ix_jobs_max_pending_at").HasFilter($"{Queued} AND max_pending_at IS NOT NULL");
        job.HasIndex(j => new { j.Queue, j.Lane, j.Id }, "ix_jobs_queue_lane_id").HasFilter(Queued);
        job.HasIndex(j => j.Id, "ix_jobs_unarchived").IsDescending().HasFilter("archived_at IS NULL");
        job.HasIndex(j => j.ParentId, "ix_jobs_parent_id").HasFilter("parent_id IS NOT NULL");
        job.HasIndex(j => j.IdempotencyKey, "ix_jobs_idempotency_key").IsUnique();
    }
}
