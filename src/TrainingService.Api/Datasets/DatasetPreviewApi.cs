using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>The first rows of a version, for people to look at. They were written when it was ingested: nothing of it is decoded here.</summary>
internal static class DatasetPreviewApi
{
    public const int DefaultCount = 20;
    public const int MaxCount = 1_000;

    public static void MapDatasetPreview(this IEndpointRouteBuilder app)
    {
        var preview = app.MapGroup("/v1/datasets/{name}/versions/{version:int}/preview").WithTags("Datasets");
        preview.MapGet("", Rows);
        preview.MapGet("/{split}/{row:long}/{column:int}.png", Image).Produces<Stream>(StatusCodes.Status200OK, "image/png").Produces(StatusCodes.Status304NotModified);
    }

    /// <summary>Rows of a split.</summary>
    /// <remarks>Only the first rows of each split are kept for this; a picture is null here and has an address of its own, <c>…/preview/{split}/{row}/{column}.png</c>.</remarks>
    /// <param name="name">Name of the data set.</param>
    /// <param name="version">Which version; one that is ready.</param>
    /// <param name="split">Which split. Default: train, or the first one.</param>
    /// <param name="offset">The first row, from 0. Default: 0.</param>
    /// <param name="count">How many rows, 1 to 1000. Default: 20.</param>
    private static async Task<Results<Ok<DatasetPreview>, InvalidRequest, NotFoundProblem>> Rows(
        string name, int version, DatasetReader datasets, IArtifactStore files, CancellationToken ct, string? split = null, long offset = 0, int count = DefaultCount)
    {
        var violations = new List<Violation>();
        if (offset < 0)
            violations.Add(new Violation("?offset", ViolationCodes.OutOfRange, $"offset: expected 0 or more. Received: {offset}"));
        if (count is < 1 or > MaxCount)
            violations.Add(new Violation("?count", ViolationCodes.OutOfRange, $"count: expected 1 to {MaxCount}. Received: {count}"));
        if (violations.Count > 0)
            return new InvalidRequest(violations);
        if (await datasets.FindPreviewAsync(name, version, DatasetSchema.PreviewFileName, ct) is not { } file)
            return DatasetProblems.NotReady(name, version);
        await using var content = Open(files, file);
        var splits = await JsonSerializer.DeserializeAsync<List<DatasetPreview>>(content, ContractsJson.Options, ct) ?? [];
        if ((split is null ? splits.Find(one => one.Split == "train") ?? splits.FirstOrDefault() : splits.Find(one => one.Split == split)) is not { } preview)
            return new InvalidRequest(new Violation("?split", ViolationCodes.UnknownValue,
                $"split: expected one of {string.Join(", ", splits.Select(one => one.Split))}. Received: {split}"));
        var skipped = (int)Math.Clamp(offset - preview.Offset, 0, preview.Rows.Count);
        return TypedResults.Ok(preview with { Offset = preview.Offset + skipped, Rows = [.. preview.Rows.Skip(skipped).Take(count)] });
    }

    /// <summary>A picture of a row.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="version">Which version; one that is ready.</param>
    /// <param name="split">Which split.</param>
    /// <param name="row">Row of the split, from 0.</param>
    /// <param name="column">The column's number, from 0.</param>
    private static async Task<Results<FileStreamHttpResult, NotFoundProblem>> Image(
        string name, int version, string split, long row, int column, HttpResponse response, DatasetReader datasets, IArtifactStore files, CancellationToken ct)
    {
        if (split.Contains('\0', StringComparison.Ordinal)
            || await datasets.FindPreviewAsync(name, version, DatasetSchema.PreviewImage(split, row, column), ct) is not { } file)
            return new NotFoundProblem($"There is no picture of row {row} and column {column} in the preview.", "preview_not_found");
        response.Headers.XContentTypeOptions = "nosniff";
        // A version that is ready stays as it is.
        response.Headers.CacheControl = "private, max-age=86400, immutable";
        return TypedResults.File(Open(files, file), "image/png", entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""));
    }

    private static Stream Open(IArtifactStore files, StoredDatasetFile file) => files.TryOpen(file.Sha256)
        ?? throw new FileNotFoundException($"The bytes of {file.Name} are not in the artifact store.", file.Sha256);
}
