using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace TrainingService.Domain.Storage;

/// <summary>Columns, keys and constraints in snake case, so that SQL needs no quotes.</summary>
internal static class SnakeCase
{
    public static void Apply(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            var table = entity.GetTableName()!;
            foreach (var property in entity.GetProperties())
                property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            foreach (var key in entity.GetKeys())
                key.SetName($"pk_{table}");
            foreach (var foreignKey in entity.GetForeignKeys())
                foreignKey.SetConstraintName($"fk_{table}_{foreignKey.PrincipalEntityType.GetTableName()}");
        }
    }
}
