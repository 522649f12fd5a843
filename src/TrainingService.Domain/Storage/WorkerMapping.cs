using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Domain.Workers;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>workers</c>.</summary>
internal sealed class WorkerMapping : IEntityTypeConfiguration<WorkerRow>
{
    public void Configure(EntityTypeBuilder<WorkerRow> worker)
    {
        worker.ToTable("workers");
        worker.HasKey(w => w.Id);
        worker.Property(w => w.Id).HasMaxLength(200).ValueGeneratedNever();
        worker.Property(w => w.Host).HasMaxLength(255);
        worker.Property(w => w.Version).HasMaxLength(100);
    }
}
