using Microsoft.AspNetCore.Http.HttpResults;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>The data sets that jobs can name.</summary>
internal static class DatasetsApi
{
    public static void MapDatasets(this IEndpointRouteBuilder app) => app.MapGet("/v1/datasets", List).WithTags("Datasets");

    /// <summary>The data sets that jobs can name in <c>data.train.dataset</c>, with their splits and shapes.</summary>
    private static Ok<IReadOnlyList<DatasetInfo>> List(DatasetCatalog datasets) => TypedResults.Ok(datasets.All);
}
