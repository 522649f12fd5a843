using Microsoft.EntityFrameworkCore;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Webhooks;
using TrainingService.Domain.Workers;

namespace TrainingService.Domain.Storage;

/// <summary>Everything that is true, in PostgreSQL. Read through it; <see cref="JobStore"/> writes.</summary>
public sealed class TrainingDb(DbContextOptions<TrainingDb> options) : DbContext(options)
{
    public DbSet<TrainingJob> Jobs => Set<TrainingJob>();

    public DbSet<StoredEvent> Events => Set<StoredEvent>();

    public DbSet<Artifact> Artifacts => Set<Artifact>();

    public DbSet<JobAttempt> Attempts => Set<JobAttempt>();

    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();

    public DbSet<DeletedJob> DeletedJobs => Set<DeletedJob>();

    public DbSet<WorkerRow> Workers => Set<WorkerRow>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<Dataset> Datasets => Set<Dataset>();

    public DbSet<DatasetVersion> DatasetVersions => Set<DatasetVersion>();

    public DbSet<StoredDatasetFile> DatasetFiles => Set<StoredDatasetFile>();

    public DbSet<StoredDatasetEvent> DatasetEvents => Set<StoredDatasetEvent>();

    public DbSet<Upload> Uploads => Set<Upload>();

    public DbSet<UploadPart> UploadParts => Set<UploadPart>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfiguration(new TrainingJobMapping());
        modelBuilder.ApplyConfiguration(new StoredEventMapping());
        modelBuilder.ApplyConfiguration(new ArtifactMapping());
        modelBuilder.ApplyConfiguration(new JobAttemptMapping());
        modelBuilder.ApplyConfiguration(new CheckpointMapping());
        modelBuilder.ApplyConfiguration(new DeletedJobMapping());
        modelBuilder.ApplyConfiguration(new WorkerMapping());
        modelBuilder.ApplyConfiguration(new WebhookMapping());
        modelBuilder.ApplyConfiguration(new DatasetMapping());
        modelBuilder.ApplyConfiguration(new DatasetVersionMapping());
        modelBuilder.ApplyConfiguration(new DatasetFileMapping());
        modelBuilder.ApplyConfiguration(new DatasetEventMapping());
        modelBuilder.ApplyConfiguration(new UploadMapping());
        modelBuilder.ApplyConfiguration(new UploadPartMapping());
        SnakeCase.Apply(modelBuilder);
    }
}
