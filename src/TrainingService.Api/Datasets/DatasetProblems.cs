using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>What is wrong with requests about data sets.</summary>
internal static class DatasetProblems
{
    private const string Subject = "the data set";

    public static NotFoundProblem NotFound(string name) => new($"There is no data set {Shown(name)}.", "dataset_not_found");

    public static NotFoundProblem NotFound(string name, int version) => new($"There is no data set {Shown(name)}@{version}.", "dataset_not_found");

    public static NotFoundProblem NotReady(string name, int version) => new($"There is no data set {Shown(name)}@{version} that is ready.", "dataset_not_ready");

    public static NotFoundProblem NoUpload(Guid id) => new($"There is no upload {id}: it never was, or was thrown away.", "upload_not_found");

    public static ConflictProblem InUse(string what, IReadOnlyList<Guid> jobs) => new(
        $"Expected {what} that no waiting or running job uses. Received: it is used by {string.Join(", ", jobs)}.", Subject);

    public static ConflictProblem Shipped(string name) => new($"Expected a data set that somebody brought. Received: {name} comes with the service.", Subject);

    /// <summary>Names from an address may be anything.</summary>
    private static string Shown(string name) => DatasetReference.TryParse(name) is null ? "of that name" : name;
}
