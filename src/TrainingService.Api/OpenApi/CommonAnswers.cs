using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.OpenApi;

/// <summary>What every endpoint may answer: the database is away, something broke.</summary>
internal sealed class CommonAnswers : IOperationFilter
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["400"] = "The request is wrong; errors lists everything that is, each with a JSON pointer (a query parameter as ?name). Nothing was stored.",
        ["404"] = "What the address names does not exist.",
        ["409"] = "The job stands where this cannot be done; detail says what was expected and what it is.",
        ["422"] = "The Idempotency-Key came with another address or body before. Nothing was stored.",
        ["413"] = $"The body is larger than {Server.MaxBodyBytes} bytes.",
        ["415"] = "The body is not application/json in UTF-8.",
        ["416"] = "The range is outside the file.",
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        foreach (var (status, answer) in operation.Responses ?? [])
            if (Descriptions.TryGetValue(status, out var description))
                answer.Description = description;
        Add(operation, context, "500", "Something broke in the service; its log has the reason under the trace_id.");
        if (context.ApiDescription.RelativePath != "healthz/live")
            Add(operation, context, "503", "The database does not answer. Nothing is lost: try again after Retry-After seconds.");
    }

    private static void Add(OpenApiOperation operation, OperationFilterContext context, string status, string description)
    {
        operation.Responses ??= [];
        operation.Responses[status] = new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                [Problem.ContentType] = new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemResponse), context.SchemaRepository) },
            },
        };
    }
}
