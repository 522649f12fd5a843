using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Schedules;

namespace TrainingService.Api.OpenApi;

/// <summary>
/// What Keras names is a pair of class name and config, or a short name; a pipeline step is an object with one member. The schemas say so,
/// from the catalog, so that a new record is described by being there.
/// </summary>
internal sealed class SpecSchemas : ISchemaFilter
{
    public static OpenApiSchema OfShape() => new()
    {
        Type = JsonSchemaType.Array,
        Description = "Sizes from the outermost axis; null is unknown.",
        Items = new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.Null, Format = "int64" },
        Examples = [new JsonArray(null, 28, 28, 1)],
    };

    public static OpenApiSchema OfAxes() => new()
    {
        Description = "An axis, a list of axes, or null for all.",
        OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.Null },
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Integer } },
        ],
    };

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        // A member's own schema refers to its type's, which is described once.
        if (schema is not OpenApiSchema concrete || context.MemberInfo is not null)
            return;
        if (KerasCatalog.Of(context.Type) is { } kind)
            DescribePair(concrete, kind, context);
        else if (context.Type == typeof(LearningRate))
            Replace(concrete,
            [
                new OpenApiSchema { Type = JsonSchemaType.Number, Description = "A constant rate." },
                context.SchemaGenerator.GenerateSchema(typeof(LearningRateScheduleSpec), context.SchemaRepository),
            ]);
        else if (context.Type == typeof(PipelineStep))
            DescribeSteps(concrete, context);
        else if (context.Type.Assembly == typeof(KerasCatalog).Assembly && !context.Type.IsEnum)
            RecordRules.Describe(concrete, context.Type);
    }

    private static void DescribePair(OpenApiSchema schema, KerasKind kind, SchemaFilterContext context)
    {
        var forms = new List<IOpenApiSchema>();
        var shortNames = kind.Names.Where(name => !name.Any(char.IsUpper)).Order(StringComparer.Ordinal).ToArray();
        if (kind.AcceptsBareNames)
            forms.Add(new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "By name, with its defaults.",
                Enum = [.. shortNames.Select(name => (JsonNode)name)],
            });
        foreach (var record in kind.Records)
            forms.Add(Pair(record, context));
        Replace(schema, forms);
    }

    private static OpenApiSchema Pair(Type record, SchemaFilterContext context) => new()
    {
        Type = JsonSchemaType.Object,
        Title = KerasKind.ClassName(record),
        Required = new HashSet<string> { "class_name" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["class_name"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [KerasKind.ClassName(record)] },
            ["config"] = context.SchemaGenerator.GenerateSchema(record, context.SchemaRepository),
        },
    };

    private static void DescribeSteps(OpenApiSchema schema, SchemaFilterContext context)
    {
        var steps = typeof(PipelineStep).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PipelineStep)) && !type.IsAbstract);
        Replace(schema, [.. steps.Select(step => Step(step, context))]);
    }

    private static OpenApiSchema Step(Type step, SchemaFilterContext context)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(step.Name);
        var content = step == typeof(Map) ? MapContent(context) : context.SchemaGenerator.GenerateSchema(step, context.SchemaRepository);
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Title = name,
            Required = new HashSet<string> { name },
            Properties = new Dictionary<string, IOpenApiSchema> { [name] = content },
            AdditionalPropertiesAllowed = false,
        };
    }

    /// <summary>A layer without a field around it, or one function with what it is applied to.</summary>
    private static OpenApiSchema MapContent(SchemaFilterContext context)
    {
        var layer = context.SchemaGenerator.GenerateSchema(typeof(Contracts.Layers.LayerSpec), context.SchemaRepository);
        var function = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "One of layer, one_hot, cast and expression.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["layer"] = layer,
                ["one_hot"] = context.SchemaGenerator.GenerateSchema(typeof(OneHotMap), context.SchemaRepository),
                ["cast"] = context.SchemaGenerator.GenerateSchema(typeof(CastMap), context.SchemaRepository),
                ["expression"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Of x.", Examples = ["x / 255"] },
                ["on"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "An input, an output or a column. Default: the features." },
                ["num_parallel_calls"] = WireFormSchemas.OfAutomatic(),
            },
            AdditionalPropertiesAllowed = false,
        };
        return new OpenApiSchema { OneOf = [layer, function] };
    }

    private static void Replace(OpenApiSchema schema, IList<IOpenApiSchema> forms)
    {
        schema.Type = null;
        schema.Properties = null;
        schema.Required = null;
        schema.AdditionalPropertiesAllowed = true;
        schema.OneOf = forms;
    }
}
