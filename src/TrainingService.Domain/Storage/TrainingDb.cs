using Microsoft.EntityFrameworkCore;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Everything that is true, in PostgreSQL. Read through it; <see cref="JobStore"/> writes.</summary>
public sealed class TrainingDb(DbContextOptions<TrainingDb> options) : DbContext(options)
{
    public DbSet<TrainingJob> Jobs => Set<TrainingJob>();

    public DbSet<StoredEvent> Events => Set<StoredEvent>();

    public DbSet<Artifact> Artifacts => Set<Artifact>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfiguration(new TrainingJobMapping());
        modelBuilder.ApplyConfiguration(new StoredEventMapping());
        modelBuilder.ApplyConfiguration(new ArtifactMapping());
        SnakeCase.Apply(modelBuilder);
    }
}
