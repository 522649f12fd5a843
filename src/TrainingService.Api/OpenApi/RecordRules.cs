using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.OpenApi;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.OpenApi;

/// <summary>What a record's constructor says about its fields: which must be there, defaults and ranges.</summary>
internal static class RecordRules
{
    public static void Describe(OpenApiSchema schema, Type record)
    {
        var constructor = record.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length);
        foreach (var parameter in constructor?.GetParameters() ?? [])
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!);
            if (schema.Properties?.TryGetValue(name, out var property) != true)
                continue;
            if (!parameter.HasDefaultValue)
                (schema.Required ??= new HashSet<string>()).Add(name);
            if (property is OpenApiSchema field)
                Describe(field, parameter);
        }
    }

    private static void Describe(OpenApiSchema field, ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            field.Minimum = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture);
            field.Maximum = Convert.ToString(range.Maximum, CultureInfo.InvariantCulture);
        }
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (parameter is { HasDefaultValue: true, DefaultValue: { } value } && !type.IsEnum)
            field.Default = JsonSerializer.SerializeToNode(value, value.GetType(), ContractsJson.Options);
    }
}
