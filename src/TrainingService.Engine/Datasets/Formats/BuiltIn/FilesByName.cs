using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>The files of a built-in data set.</summary>
internal static class FilesByName
{
    /// <summary>The file of a name.</summary>
    /// <exception cref="IngestException">It is not there.</exception>
    public static IngestFile Named(this IngestFiles files, string name) => files.All.FirstOrDefault(file => file.Name == name)
        ?? throw new IngestException(DatasetErrorCodes.BadOption, $"expected the file {name}. Received: {string.Join(", ", files.All.Select(file => file.Name))}.", null);
}
