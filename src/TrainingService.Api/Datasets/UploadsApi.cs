using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>Files that come in parts, as tus has it: a broken upload goes on where it broke.</summary>
internal static class UploadsApi
{
    public const string OffsetHeader = "Upload-Offset";
    public const string LengthHeader = "Upload-Length";

    public static void MapUploads(this IEndpointRouteBuilder app)
    {
        var uploads = app.MapGroup("/v1/uploads").WithTags("Datasets");
        uploads.MapPost("", Create).AcceptsJson<UploadRequest>();
        uploads.MapGet("/{id:guid}", Get);
        uploads.MapMethods("/{id:guid}", [HttpMethods.Head], Head).ExcludeFromDescription(); // as GET, without a body
        uploads.MapPatch("/{id:guid}", Append).Accepts<Stream>("application/offset+octet-stream", "application/octet-stream")
            .WithMetadata(new DisableRequestSizeLimitAttribute()).ProducesProblemResponse(StatusCodes.Status415UnsupportedMediaType);
        uploads.MapDelete("/{id:guid}", Delete);
    }

    /// <summary>Announces a file that comes in parts.</summary>
    /// <remarks>
    /// The parts follow with <c>PATCH</c>, each with its <c>Upload-Offset</c>; the last one is answered when the whole file has the announced
    /// SHA-256. Then <c>POST /v1/datasets</c> takes it by its id. The id is the key to it: whoever has it may go on. What is left alone for a day is thrown away.
    /// </remarks>
    /// <response code="201">Where the parts go to.</response>
    private static async Task<Results<Created<UploadResponse>, InvalidRequest>> Create(
        JsonBody body, UploadStore uploads, IOptions<DatasetOptions> options, HttpResponse response, CancellationToken ct)
    {
        if (ContractsJson.TryRead<UploadRequest>(body.Root, out var violations) is not { } request)
            return new InvalidRequest(violations);
        if (request.SizeBytes > options.Value.MaxFileBytes)
            return new InvalidRequest(new Violation("/size_bytes", ViolationCodes.OutOfRange,
                $"expected 0 to {options.Value.MaxFileBytes} (Datasets:MaxFileBytes). Received: {request.SizeBytes}"));
        var upload = await uploads.AddAsync(request.FileName, request.SizeBytes, request.Sha256, ct);
        Tell(response, upload);
        return TypedResults.Created($"/v1/uploads/{upload.Id}", Answer(upload, uploads));
    }

    /// <summary>How far an upload is.</summary>
    /// <param name="id">Which upload.</param>
    private static async Task<Results<Ok<UploadResponse>, NotFoundProblem>> Get(Guid id, UploadStore uploads, HttpResponse response, CancellationToken ct)
    {
        if (await uploads.FindAsync(id, ct) is not { } upload)
            return DatasetProblems.NoUpload(id);
        Tell(response, upload);
        return TypedResults.Ok(Answer(upload, uploads));
    }

    /// <summary>How far an upload is: <c>Upload-Offset</c> is where the next part begins, <c>Upload-Length</c> the file's length.</summary>
    /// <param name="id">Which upload.</param>
    private static async Task<IResult> Head(Guid id, UploadStore uploads, HttpResponse response, CancellationToken ct)
    {
        if (await uploads.FindAsync(id, ct) is not { } upload)
            return Results.NotFound();
        Tell(response, upload);
        return Results.Ok();
    }

    /// <summary>Takes the next part of a file.</summary>
    /// <remarks>
    /// <c>Upload-Offset</c> says where the part begins: where the one before ended. What came of a part is kept when its sender goes away in the
    /// middle; <c>HEAD</c> tells where to go on. A part of no bytes at the end asks for the comparison again whose answer was lost.
    /// </remarks>
    /// <param name="id">Which upload.</param>
    /// <param name="request">The bytes.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <response code="204">The part is safe; <c>Upload-Offset</c> is where the next one begins. After the last part the file is whole.</response>
    private static async Task<Results<NoContent, InvalidRequest, NotFoundProblem, UploadConflict, WrongDigest>> Append(
        Guid id, HttpRequest request, UploadStore uploads, HttpResponse response, CancellationToken ct, [FromHeader(Name = OffsetHeader)] string? offset = null)
    {
        if (request.ContentType is not { } type || !type.StartsWith("application/offset+octet-stream", StringComparison.OrdinalIgnoreCase)
            && !type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
            throw new BadHttpRequestException(
                $"Expected Content-Type: application/offset+octet-stream. Received: {request.ContentType ?? "none"}.", StatusCodes.Status415UnsupportedMediaType);
        if (!long.TryParse(offset, System.Globalization.NumberStyles.None, null, out var from))
            return new InvalidRequest(new Violation(OffsetHeader, ViolationCodes.InvalidFormat, $"{OffsetHeader}: expected the number of bytes that came before. Received: {offset ?? "none"}"));
        var result = await uploads.AppendAsync(id, from, request.Body, ct);
        if (result.Outcome != AppendOutcome.NotFound)
            response.Headers[OffsetHeader] = $"{result.OffsetBytes}";
        return result.Outcome switch
        {
            AppendOutcome.NotFound => DatasetProblems.NoUpload(id),
            AppendOutcome.WrongOffset => new UploadConflict($"Expected a part that begins at {result.OffsetBytes}. Received: one that begins at {from}."),
            AppendOutcome.TooLong => new InvalidRequest(new Violation("", ViolationCodes.OutOfRange, "expected no more bytes than were announced. Received: more.")),
            AppendOutcome.TooManyParts => new InvalidRequest(new Violation("", ViolationCodes.TooMany, $"expected at most {UploadStore.MaxParts} parts of a file. Received: more; send larger ones.")),
            AppendOutcome.Mismatch => new WrongDigest($"Expected a file with the announced SHA-256. Received: {result.Sha256}. All of it is thrown away: announce it again."),
            _ => TypedResults.NoContent(),
        };
    }

    /// <summary>Throws an upload away.</summary>
    /// <param name="id">Which upload.</param>
    /// <response code="204">It is gone.</response>
    private static async Task<Results<NoContent, NotFoundProblem>> Delete(Guid id, UploadStore uploads, CancellationToken ct) =>
        await uploads.RemoveAsync(id, ct) ? TypedResults.NoContent() : DatasetProblems.NoUpload(id);

    private static UploadResponse Answer(UploadState upload, UploadStore uploads) => new(
        upload.Id, upload.FileName, upload.SizeBytes, upload.Sha256, upload.OffsetBytes, upload.Complete, upload.CreatedAt, upload.UpdatedAt + uploads.Life);

    private static void Tell(HttpResponse response, UploadState upload)
    {
        response.Headers[OffsetHeader] = $"{upload.OffsetBytes}";
        response.Headers[LengthHeader] = $"{upload.SizeBytes}";
        response.Headers.CacheControl = "no-store";
    }
}
