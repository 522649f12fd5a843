using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>deleted_jobs</c>.</summary>
internal sealed class DeletedJobMapping : IEntityTypeConfiguration<DeletedJob>
{
    public void Configure(EntityTypeBuilder<DeletedJob> deleted)
    {
        deleted.ToTable("deleted_jobs");
        deleted.HasKey(d => d.Id);
        deleted.Property(d => d.Id).ValueGeneratedNever();
    }
}
