using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.OpenApi;

/// <summary>What every endpoint may answer: the database is away, something broke.</summary>
internal sealed class CommonAnswers : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        Add(operation, context, "500", "Something broke in the service; its log has the reason under the trace_id.");
        if (context.ApiDescription.RelativePath != "healthz/live")
            Add(operation, context, "503", "The database does not answer. Nothing is lost: try again after <c>Retry-After</c> seconds.");
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
