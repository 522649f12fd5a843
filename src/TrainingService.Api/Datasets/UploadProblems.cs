using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using TrainingService.Api.Problems;

namespace TrainingService.Api.Datasets;

/// <summary>409: the part does not begin where the one before ended.</summary>
internal sealed class UploadConflict(string detail) :
    ProblemResult(Problem.Of(StatusCodes.Status409Conflict, "wrong_offset", "The part does not begin where the one before ended.", detail)), IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.Add(Produces(StatusCodes.Status409Conflict));
}

/// <summary>422: the file is another one than announced.</summary>
internal sealed class WrongDigest(string detail) :
    ProblemResult(Problem.Of(StatusCodes.Status422UnprocessableEntity, "checksum_mismatch", "The file is another one than announced.", detail)), IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.Add(Produces(StatusCodes.Status422UnprocessableEntity));
}
