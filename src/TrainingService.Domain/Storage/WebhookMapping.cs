using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Webhooks;

namespace TrainingService.Domain.Storage;

/// <summary>Table <c>webhooks</c>.</summary>
internal sealed class WebhookMapping : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> webhook)
    {
        webhook.ToTable("webhooks");
        webhook.HasKey(w => new { w.JobId, w.Number });
        webhook.HasOne<TrainingJob>().WithMany().HasForeignKey(w => w.JobId).OnDelete(DeleteBehavior.Cascade);
        webhook.HasIndex(w => w.NextAt, "ix_webhooks_next_at").HasFilter("active");
    }
}
