using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Domain.Datasets;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>uploads</c>.</summary>
internal sealed class UploadMapping : IEntityTypeConfiguration<Upload>
{
    public void Configure(EntityTypeBuilder<Upload> upload)
    {
        upload.ToTable("uploads");
        upload.HasKey(u => u.Id);
        upload.Property(u => u.Id).ValueGeneratedNever();
        upload.Property(u => u.FileName).HasMaxLength(1_000);
        upload.Property(u => u.Sha256).HasMaxLength(64).IsFixedLength();
        // Which uploads still need these bytes, and which were left alone.
        upload.HasIndex(u => u.Sha256, "ix_uploads_sha256").HasFilter("complete");
        upload.HasIndex(u => u.UpdatedAt, "ix_uploads_updated_at");
    }
}

/// <summary>Table <c>upload_parts</c>.</summary>
internal sealed class UploadPartMapping : IEntityTypeConfiguration<UploadPart>
{
    public void Configure(EntityTypeBuilder<UploadPart> part)
    {
        part.ToTable("upload_parts");
        part.HasKey(p => new { p.UploadId, p.OffsetBytes });
        part.Property(p => p.OffsetBytes).ValueGeneratedNever();
        part.Property(p => p.Sha256).HasMaxLength(64).IsFixedLength();
        part.HasOne<Upload>().WithMany().HasForeignKey(p => p.UploadId).OnDelete(DeleteBehavior.Cascade);
        part.HasIndex(p => p.Sha256, "ix_upload_parts_sha256");
    }
}
