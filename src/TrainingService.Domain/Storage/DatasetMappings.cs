using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>datasets</c>.</summary>
internal sealed class DatasetMapping : IEntityTypeConfiguration<Dataset>
{
    public const int NameLength = 100;

    public void Configure(EntityTypeBuilder<Dataset> dataset)
    {
        dataset.ToTable("datasets");
        dataset.HasKey(d => d.Name);
        dataset.Property(d => d.Name).HasMaxLength(NameLength);
    }
}

/// <summary>Table <c>dataset_versions</c>.</summary>
internal sealed class DatasetVersionMapping : IEntityTypeConfiguration<DatasetVersion>
{
    public void Configure(EntityTypeBuilder<DatasetVersion> version)
    {
        version.ToTable("dataset_versions");
        version.HasKey(v => v.Id);
        version.Property(v => v.Id).ValueGeneratedNever();
        version.Property(v => v.Name).HasMaxLength(DatasetMapping.NameLength);
        version.Property(v => v.Status).HasConversion(new EnumText.Converter<DatasetStatus>()).HasMaxLength(20);
        version.Property(v => v.Format).HasConversion(new EnumText.Converter<DatasetFormat>()).HasMaxLength(20);
        version.Property(v => v.Options).HasColumnType("jsonb");
        version.Property(v => v.BuiltIn).HasMaxLength(DatasetMapping.NameLength);
        version.Property(v => v.SourceSha256).HasMaxLength(64).IsFixedLength();
        version.Property(v => v.LeaseOwner).HasMaxLength(200);
        version.Property(v => v.Schema).HasColumnType("jsonb");
        version.Property(v => v.Fingerprint).HasMaxLength(64).IsFixedLength();
        version.Property(v => v.Error).HasColumnType("jsonb");
        version.Property(v => v.IdempotencyKey).HasMaxLength(200);
        version.Property(v => v.IdempotencySha256).HasMaxLength(64).IsFixedLength();
        version.HasOne<Dataset>().WithMany().HasForeignKey(v => v.Name).OnDelete(DeleteBehavior.Cascade);

        version.HasIndex(v => new { v.Name, v.Version }, "ix_dataset_versions_name_version").IsUnique();
        version.HasIndex(v => v.LeaseExpiresAt, "ix_dataset_versions_lease_expires_at").HasFilter("status = 'ingesting'");
        version.HasIndex(v => v.OfferedAt, "ix_dataset_versions_offered_at").HasFilter("status = 'queued'");
        version.HasIndex(v => v.IdempotencyKey, "ix_dataset_versions_idempotency_key").IsUnique();
    }
}

/// <summary>Table <c>dataset_files</c>.</summary>
internal sealed class DatasetFileMapping : IEntityTypeConfiguration<StoredDatasetFile>
{
    public void Configure(EntityTypeBuilder<StoredDatasetFile> file)
    {
        file.ToTable("dataset_files");
        file.HasKey(f => new { f.VersionId, f.Kind, f.Number });
        file.Property(f => f.Kind).HasConversion(new EnumText.Converter<DatasetFileKind>()).HasMaxLength(20);
        file.Property(f => f.Name).HasMaxLength(1_000);
        file.Property(f => f.Sha256).HasMaxLength(64).IsFixedLength();
        file.HasOne<DatasetVersion>().WithMany().HasForeignKey(f => f.VersionId).OnDelete(DeleteBehavior.Cascade);
        // Which versions still need these bytes.
        file.HasIndex(f => f.Sha256, "ix_dataset_files_sha256");
    }
}

/// <summary>Table <c>dataset_events</c>; its key is the order in which it is read.</summary>
internal sealed class DatasetEventMapping : IEntityTypeConfiguration<StoredDatasetEvent>
{
    public void Configure(EntityTypeBuilder<StoredDatasetEvent> stored)
    {
        stored.ToTable("dataset_events");
        stored.HasKey(e => new { e.VersionId, e.Seq });
        stored.Property(e => e.Seq).ValueGeneratedNever();
        stored.Property(e => e.Type).HasMaxLength(40);
        stored.Property(e => e.Data).HasColumnType("jsonb");
        stored.HasOne<DatasetVersion>().WithMany().HasForeignKey(e => e.VersionId).OnDelete(DeleteBehavior.Cascade);
    }
}
