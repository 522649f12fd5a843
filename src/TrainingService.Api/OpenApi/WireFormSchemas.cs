using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace TrainingService.Api.OpenApi;

/// <summary>Values that Keras writes in several forms.</summary>
internal static class WireFormSchemas
{
    public static OpenApiSchema OfFrequency() => Either("The end of every epoch, or every so many batches.", Word("epoch", "batch"), Number());

    public static OpenApiSchema OfEpochFrequency() => Either("Every so many epochs, or the epochs of a list, counted from 1.", Number(), List(Number()));

    public static OpenApiSchema OfEpochSchedule() => Either(
        "A rate per epoch, or a formula of epoch (from 0) and lr, or one of Keras's schedules, counting epochs.",
        List(new OpenApiSchema { Type = JsonSchemaType.Number }),
        new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["lr if epoch < 10 else lr * exp(-0.1)"] },
        new OpenApiSchema { Type = JsonSchemaType.Object, Required = new HashSet<string> { "class_name" } });

    public static OpenApiSchema OfColumnNames() => Either("A column, or a list of columns.", Text(), List(Text()));

    public static OpenApiSchema OfColumnChoice() => Either(
        "A column, a list of columns of numbers that stand side by side, or one of these for each input or output of the model by its name.",
        Text(), List(Text()), new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = OfColumnNames() });

    public static OpenApiSchema OfClassWeight() => Either(
        "Counted over the training rows, or a weight by the number of the class.",
        Word("balanced"), new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Number } });

    public static OpenApiSchema OfAutomatic() => Either("A number, or a choice by measuring.", Number(), Word("auto"));

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Either(string description, params IList<IOpenApiSchema> forms) => new() { Description = description, OneOf = forms };

    private static OpenApiSchema Word(params IEnumerable<string> words) =>
        new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] };

    private static OpenApiSchema Number() => new() { Type = JsonSchemaType.Integer, Minimum = "1" };

    private static OpenApiSchema List(OpenApiSchema each) => new() { Type = JsonSchemaType.Array, Items = each };
}
