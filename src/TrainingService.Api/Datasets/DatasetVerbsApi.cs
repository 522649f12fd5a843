using Microsoft.AspNetCore.Http.HttpResults;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>What can be asked of data sets that people brought.</summary>
internal static class DatasetVerbsApi
{
    private const int ShownUsers = 5;

    public static void MapDatasetVerbs(this IEndpointRouteBuilder app)
    {
        var dataset = app.MapGroup("/v1/datasets/{name}").WithTags("Datasets");
        dataset.MapDelete("", Delete);
        dataset.MapDelete("/versions/{version:int}", DeleteVersion);
        dataset.MapPost("/versions/{version:int}/cancel", Cancel);
    }

    /// <summary>Asks for an ingest to be cancelled.</summary>
    /// <remarks>One that waits is cancelled at once; one that is read is stopped by its worker. One that has ended stays as it is. Asking again changes nothing.</remarks>
    /// <param name="name">Name of the data set.</param>
    /// <param name="version">Which version.</param>
    /// <response code="200">The version as it stands now.</response>
    private static async Task<Results<Ok<DatasetVersionResponse>, NotFoundProblem>> Cancel(
        string name, int version, DatasetStore store, DatasetReader datasets, CancellationToken ct)
    {
        if (DatasetReference.TryParse(name) is { Version: null })
            await store.CancelAsync(name, version, ct);
        return await datasets.FindVersionAsync(name, version, ct) is { } found ? TypedResults.Ok(found) : DatasetProblems.NotFound(name, version);
    }

    /// <summary>Removes a data set with all its versions.</summary>
    /// <remarks>Its bytes go with it. The numbers of its versions are not given again under the same name. Deleting again gives 204 again.</remarks>
    /// <param name="name">Its name.</param>
    /// <response code="204">It is gone.</response>
    private static Task<Results<NoContent, NotFoundProblem, ConflictProblem>> Delete(string name, DatasetStore store, DatasetCatalog catalog, CancellationToken ct) =>
        DeleteAsync(name, null, store, catalog, ct);

    /// <summary>Removes a version; one that is being read is stopped.</summary>
    /// <remarks>Its bytes go with it, and its number is not given again. Deleting again gives 204 again.</remarks>
    /// <param name="name">Name of the data set.</param>
    /// <param name="version">Which version.</param>
    /// <response code="204">It is gone.</response>
    private static Task<Results<NoContent, NotFoundProblem, ConflictProblem>> DeleteVersion(
        string name, int version, DatasetStore store, DatasetCatalog catalog, CancellationToken ct) => DeleteAsync(name, version, store, catalog, ct);

    private static async Task<Results<NoContent, NotFoundProblem, ConflictProblem>> DeleteAsync(
        string name, int? version, DatasetStore store, DatasetCatalog catalog, CancellationToken ct)
    {
        var outcome = DatasetReference.TryParse(name) is not { Version: null } ? DatasetOutcome.NotFound
            : version is { } number ? await store.DeleteAsync(name, number, ct) : await store.DeleteAsync(name, ct);
        return outcome switch
        {
            DatasetOutcome.InUse => DatasetProblems.InUse(
                version is null ? "a data set" : "a version of a data set", await store.ReadUsersAsync(name, version, ShownUsers, ct)),
            DatasetOutcome.NotFound when catalog.Find(name) is not null => DatasetProblems.Shipped(name),
            DatasetOutcome.NotFound => version is { } missing ? DatasetProblems.NotFound(name, missing) : DatasetProblems.NotFound(name),
            _ => TypedResults.NoContent(),
        };
    }
}
