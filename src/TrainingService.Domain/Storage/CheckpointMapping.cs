using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>checkpoints</c>.</summary>
internal sealed class CheckpointMapping : IEntityTypeConfiguration<Checkpoint>
{
    public void Configure(EntityTypeBuilder<Checkpoint> checkpoint)
    {
        checkpoint.ToTable("checkpoints");
        checkpoint.HasKey(c => new { c.JobId, c.Number });
        checkpoint.Property(c => c.Number).ValueGeneratedNever();
        checkpoint.Ignore(c => c.IsParents);
        checkpoint.Property(c => c.Sha256).HasMaxLength(64).IsFixedLength();
        checkpoint.HasOne<TrainingJob>().WithMany().HasForeignKey(c => c.JobId).OnDelete(DeleteBehavior.Cascade);
        // Which jobs still need these bytes.
        checkpoint.HasIndex(c => c.Sha256, "ix_checkpoints_sha256");
    }
}
