using Microsoft.AspNetCore.Http.HttpResults;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.Datasets;

/// <summary>Data sets and their versions, to be read.</summary>
internal static class DatasetsApi
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1_000;

    public static void MapDatasets(this IEndpointRouteBuilder app)
    {
        var datasets = app.MapGroup("/v1/datasets").WithTags("Datasets");
        datasets.MapGet("", List);
        datasets.MapGet("/{name}", Get);
        datasets.MapGet("/{name}/versions", Versions);
        datasets.MapGet("/{name}/versions/{version:int}", Version);
        datasets.MapGet("/{name}/versions/{version:int}/statistics", Statistics);
    }

    /// <summary>Lists data sets by name: those that come with the service, and those that people brought.</summary>
    /// <param name="limit">Data sets per page, 1 to 1000. Default: 100.</param>
    /// <param name="after">The previous page's <c>next_cursor</c>; the first page without.</param>
    /// <response code="200">A page. Give its <c>next_cursor</c> as <c>after</c> for the next one; null at the end. <c>info</c> has shapes and columns.</response>
    private static async Task<Results<Ok<Page<DatasetResponse>>, InvalidRequest>> List(DatasetReader datasets, CancellationToken ct, int? limit = null, string? after = null) =>
        limit is < 1 or > MaxLimit
            ? new InvalidRequest(new Violation("?limit", ViolationCodes.OutOfRange, $"limit: expected 1 to {MaxLimit}. Received: {limit}"))
            : after is not null && DatasetReference.TryParse(after) is not { Version: null }
                ? new InvalidRequest(new Violation("?after", ViolationCodes.InvalidFormat, $"after: expected a page's next_cursor. Received: {after}"))
                : TypedResults.Ok(await datasets.ListAsync(after, limit ?? DefaultLimit, ct));

    /// <summary>A data set, with what its newest version that is ready holds.</summary>
    /// <param name="name">Its name.</param>
    private static async Task<Results<Ok<DatasetResponse>, NotFoundProblem>> Get(string name, DatasetReader datasets, CancellationToken ct) =>
        await datasets.FindAsync(name, ct) is { } dataset ? TypedResults.Ok(dataset) : DatasetProblems.NotFound(name);

    /// <summary>A data set's versions, newest first.</summary>
    /// <param name="name">Its name.</param>
    private static async Task<Results<Ok<IReadOnlyList<DatasetVersionResponse>>, NotFoundProblem>> Versions(string name, DatasetReader datasets, CancellationToken ct) =>
        await datasets.VersionsAsync(name, ct) is { Count: > 0 } versions ? TypedResults.Ok(versions) : DatasetProblems.NotFound(name);

    /// <summary>A version: where it stands, how far its files are read, what was wrong with them, what it holds.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="version">Which version.</param>
    private static async Task<Results<Ok<DatasetVersionResponse>, NotFoundProblem>> Version(string name, int version, DatasetReader datasets, CancellationToken ct) =>
        await datasets.FindVersionAsync(name, version, ct) is { } found ? TypedResults.Ok(found) : DatasetProblems.NotFound(name, version);

    /// <summary>What was counted over each column while it was written: range, mean, missing values, the most frequent values and the balance of the labels.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="version">Which version; one that is ready.</param>
    private static async Task<Results<Ok<IReadOnlyList<ColumnInfo>>, NotFoundProblem>> Statistics(string name, int version, DatasetReader datasets, CancellationToken ct) =>
        await datasets.FindColumnsAsync(name, version, ct) is { } columns ? TypedResults.Ok(columns) : DatasetProblems.NotReady(name, version);
}
