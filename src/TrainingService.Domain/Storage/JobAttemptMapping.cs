using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>job_attempts</c>.</summary>
internal sealed class JobAttemptMapping : IEntityTypeConfiguration<JobAttempt>
{
    public void Configure(EntityTypeBuilder<JobAttempt> attempt)
    {
        attempt.ToTable("job_attempts");
        attempt.HasKey(a => new { a.JobId, a.Attempt });
        attempt.Property(a => a.Attempt).ValueGeneratedNever();
        attempt.Property(a => a.Owner).HasMaxLength(200);
        attempt.Property(a => a.Outcome).HasConversion(new EnumText.Converter<AttemptOutcome>()).HasMaxLength(20);
        attempt.Property(a => a.Error).HasColumnType("jsonb");
        attempt.HasOne<TrainingJob>().WithMany().HasForeignKey(a => a.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
