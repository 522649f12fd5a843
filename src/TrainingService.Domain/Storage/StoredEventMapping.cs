using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>job_events</c>; its key is the order in which it is read.</summary>
internal sealed class StoredEventMapping : IEntityTypeConfiguration<StoredEvent>
{
    public void Configure(EntityTypeBuilder<StoredEvent> stored)
    {
        stored.ToTable("job_events");
        stored.HasKey(e => new { e.JobId, e.Seq });
        stored.Property(e => e.Seq).ValueGeneratedNever();
        stored.Property(e => e.Type).HasMaxLength(40);
        stored.Property(e => e.Data).HasColumnType("jsonb");
        stored.HasOne<TrainingJob>().WithMany().HasForeignKey(e => e.JobId).OnDelete(DeleteBehavior.Cascade);
        // One type of one job (its epochs, its log) without reading the others.
        stored.HasIndex(e => new { e.JobId, e.Type, e.Seq }, "ix_job_events_job_id_type_seq");
    }
}
