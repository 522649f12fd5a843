using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainingService.Api.Events;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.OpenApi;

/// <summary>Examples for bodies and answers, to be tried as they are.</summary>
internal sealed class ExampleFilter(Examples examples) : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.RequestBody?.Content?.TryGetValue("application/json", out var body) == true && body is OpenApiMediaType request
            && context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<IAcceptsMetadata>().LastOrDefault()?.RequestType is { } type
            && examples.Bodies.TryGetValue(type, out var bodies))
            request.Examples = bodies.ToDictionary(
                example => example.Key, example => (IOpenApiExample)new OpenApiExample { Value = example.Value.DeepClone() });
        foreach (var answered in context.ApiDescription.SupportedResponseTypes)
        {
            var status = answered.StatusCode.ToString();
            if (operation.Responses?.TryGetValue(status, out var answer) != true || answer?.Content is null)
                continue;
            foreach (var (name, media) in answer.Content)
                if (media is OpenApiMediaType shown)
                    shown.Example ??= (name == EventStreamResult.ContentType ? Examples.EventStream : Of(answered.Type, answered.StatusCode))?.DeepClone();
        }
    }

    private JsonNode? Of(Type? type, int status) =>
        type == typeof(ProblemResponse) ? examples.ProblemOf(status) : type is null ? null : examples.Answers.GetValueOrDefault(type);
}
