using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.Problems;

internal static class ProblemMetadata
{
    /// <summary>Says in the API's description that the framework or a handler above may answer so.</summary>
    public static TBuilder ProducesProblemResponse<TBuilder>(this TBuilder endpoint, int status) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemResponse), [Problem.ContentType]));

    /// <summary>Says what the body of an endpoint is that reads it as a <see cref="JsonBody"/>.</summary>
    public static RouteHandlerBuilder AcceptsJson<T>(this RouteHandlerBuilder endpoint) where T : notnull => endpoint
        .Accepts<T>("application/json")
        .ProducesProblemResponse(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblemResponse(StatusCodes.Status415UnsupportedMediaType);
}
