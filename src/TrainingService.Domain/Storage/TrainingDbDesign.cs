using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace TrainingService.Domain.Storage;

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model but no server.</summary>
internal sealed class TrainingDbDesign : IDesignTimeDbContextFactory<TrainingDb>
{
    public TrainingDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<TrainingDb>().UseNpgsql("Host=localhost;Database=training").Options);
}
