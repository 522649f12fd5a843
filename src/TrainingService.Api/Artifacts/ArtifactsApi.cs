using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Artifacts;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Artifacts;

/// <summary>The files that a job left.</summary>
internal static class ArtifactsApi
{
    public static void MapArtifacts(this IEndpointRouteBuilder app)
    {
        var artifacts = app.MapGroup("/v1/jobs/{id:guid}/artifacts").WithTags("Artifacts");
        artifacts.MapGet("", List);
        artifacts.MapMethods("/{**name}", [HttpMethods.Get, HttpMethods.Head], Download)
            .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream")
            .Produces<Stream>(StatusCodes.Status206PartialContent, "application/octet-stream")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblemResponse(StatusCodes.Status416RangeNotSatisfiable);
    }

    /// <summary>The files that a job left so far, by name.</summary>
    /// <param name="id">Which job.</param>
    private static async Task<Results<Ok<IReadOnlyList<ArtifactResponse>>, NotFoundProblem>> List(Guid id, TrainingDb db, CancellationToken ct)
    {
        var artifacts = await db.Artifacts.AsNoTracking().Where(artifact => artifact.JobId == id).OrderBy(artifact => artifact.Name)
            .Select(a => new ArtifactResponse(a.Name, a.Kind, a.MediaType, a.SizeBytes, a.Sha256, a.CreatedAt)).ToListAsync(ct);
        return artifacts.Count > 0 || await db.Jobs.AnyAsync(job => job.Id == id, ct)
            ? TypedResults.Ok<IReadOnlyList<ArtifactResponse>>(artifacts)
            : NotFoundProblem.Job(id);
    }

    /// <summary>Downloads a file.</summary>
    /// <remarks>
    /// <c>ETag</c> is the file's SHA-256, <c>Repr-Digest</c> the same in RFC 9530's form. One byte range at a time is served, so a broken
    /// download goes on with <c>Range: bytes=N-</c> and <c>If-Range: "sha256"</c>.
    /// </remarks>
    /// <param name="id">Which job.</param>
    /// <param name="name">Name of the file, as listed; the names of folders are parts of the path.</param>
    /// <response code="200">The whole file.</response>
    /// <response code="206">The bytes asked for.</response>
    /// <response code="304">The caller has it already (<c>If-None-Match</c>).</response>
    private static async Task<Results<FileStreamHttpResult, NotFoundProblem>> Download(
        Guid id, string name, HttpContext context, TrainingDb db, IArtifactStore files, CancellationToken ct)
    {
        if (name.Contains('\0', StringComparison.Ordinal)
            || await db.Artifacts.AsNoTracking().SingleOrDefaultAsync(a => a.JobId == id && a.Name == name, ct) is not { } artifact)
            return new NotFoundProblem($"Job {id} has no file \"{name}\".", "artifact_not_found");
        var content = files.TryOpen(artifact.Sha256)
            ?? throw new FileNotFoundException($"The bytes of {name} of job {id} are not in the artifact store.", artifact.Sha256);
        Describe(context.Response, artifact);
        return TypedResults.File(content, artifact.MediaType, Path.GetFileName(artifact.Name), artifact.CreatedAt,
            new EntityTagHeaderValue($"\"{artifact.Sha256}\""), enableRangeProcessing: true);
    }

    private static void Describe(HttpResponse response, Artifact artifact)
    {
        var digest = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(artifact.Sha256))}:";
        response.Headers.XContentTypeOptions = "nosniff";
        // The name may come to mean other bytes while the job runs: keep, but ask.
        response.Headers.CacheControl = "no-cache";
        response.Headers["Repr-Digest"] = digest;
        response.OnStarting(() =>
        {
            // The digest of what is sent is known only when all of it is sent.
            if (response.StatusCode == StatusCodes.Status200OK)
                response.Headers["Content-Digest"] = digest;
            return Task.CompletedTask;
        });
    }
}
