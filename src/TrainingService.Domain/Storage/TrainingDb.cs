using Microsoft.EntityFrameworkCore;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Everything that is true, in PostgreSQL.</summary>
public sealed class TrainingDb(DbContextOptions<TrainingDb> options) : DbContext(options)
{
    public DbSet<TrainingJob> Jobs => Set<TrainingJob>();

    public DbSet<StoredEvent> Events => Set<StoredEvent>();

    public DbSet<Artifact> Artifacts => Set<Artifact>();
}
