using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.Problems;

internal static class ProblemMetadata
{
    /// <summary>Says in the API's description that the framework or a handler above may answer so.</summary>
    public static TBuilder ProducesProblemResponse<TBuilder>(this TBuilder endpoint, int status) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemResponse), [Problem.ContentType]));
}
