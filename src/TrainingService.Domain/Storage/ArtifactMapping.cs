using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>artifacts</c>.</summary>
internal sealed class ArtifactMapping : IEntityTypeConfiguration<Artifact>
{
    public void Configure(EntityTypeBuilder<Artifact> artifact)
    {
        artifact.ToTable("artifacts");
        artifact.HasKey(a => new { a.JobId, a.Name });
        artifact.Property(a => a.Name).HasMaxLength(200);
        artifact.Property(a => a.Kind).HasMaxLength(40);
        artifact.Property(a => a.MediaType).HasMaxLength(200);
        artifact.Property(a => a.Sha256).HasMaxLength(64).IsFixedLength();
        artifact.HasOne<TrainingJob>().WithMany().HasForeignKey(a => a.JobId).OnDelete(DeleteBehavior.Cascade);
        // Which jobs still need these bytes.
        artifact.HasIndex(a => a.Sha256, "ix_artifacts_sha256");
    }
}
