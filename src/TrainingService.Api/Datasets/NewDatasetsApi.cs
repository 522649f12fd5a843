using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>New data sets, and new versions of old ones.</summary>
internal static class NewDatasetsApi
{
    public static void MapNewDatasets(this IEndpointRouteBuilder app) => app.MapPost("/v1/datasets", Create).WithTags("Datasets")
        .Accepts<DatasetRequest>("application/json", "multipart/form-data")
        .WithMetadata(new DisableRequestSizeLimitAttribute())
        .ProducesProblemResponse(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblemResponse(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Brings a data set in, or a new version of one.</summary>
    /// <remarks>
    /// As a form (<c>multipart/form-data</c>): a part <c>spec</c> with this JSON, and the files as further parts with their file names; they are
    /// stored as they come, however large. Or as JSON with <c>uploads</c>, ids of files that came in parts (<c>POST /v1/uploads</c>), or with
    /// <c>url</c>, where the service fetches the file from, if its operator allows that address. With one of Keras's names (<c>fashion_mnist</c>)
    /// and nothing else the service takes it from its mirrors.
    /// The files are read by a worker: <c>Location</c> tells how far it is, and its <c>/events</c> as they happen. Formats: CSV, TSV, JSON lines, Parquet, NPY and NPZ, IDX,
    /// TFRecord, a zip of pictures or of texts in a folder per class. A request with an <c>Idempotency-Key</c> may be sent again when its answer was lost: it makes one version.
    /// </remarks>
    /// <param name="idempotencyKey">The caller's own name for this request, 1 to 200 visible ASCII characters, as long as the version exists.</param>
    /// <response code="200">The version that the same request with the same key made before, or that is there already.</response>
    /// <response code="202">The version, which waits to be read. <c>Location</c> is its address.</response>
    private static async Task<Results<Accepted<DatasetVersionResponse>, Ok<DatasetVersionResponse>, InvalidRequest, KeyReusedProblem>> Create(
        HttpContext context, DatasetIntake intake, DatasetReader datasets, CancellationToken ct, [FromHeader(Name = IdempotencyHeader.Name)] string? idempotencyKey = null)
    {
        if (IdempotencyHeader.Violation(idempotencyKey) is { } violation)
            return new InvalidRequest(violation);
        var taken = context.Request.HasFormContentType && context.Request.ContentType!.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? await intake.TakeAsync(context.Request, idempotencyKey, ct)
            : await intake.TakeAsync((await JsonBody.ReadAsync(context, Server.MaxBodyBytes)).Root, idempotencyKey, ct);
        if (taken.Added is not { } added)
            return new InvalidRequest(taken.Violations);
        if (added.Outcome == AddDatasetOutcome.KeyReused)
            return new KeyReusedProblem(idempotencyKey!);
        var version = await datasets.FindVersionAsync(added.Name, added.Version, ct)
            ?? throw new InvalidOperationException($"{added.Name}@{added.Version} was deleted while it was answered.");
        return added.Outcome == AddDatasetOutcome.Repeated ? TypedResults.Ok(version) : TypedResults.Accepted($"/v1/datasets/{added.Name}/versions/{added.Version}", version);
    }
}
