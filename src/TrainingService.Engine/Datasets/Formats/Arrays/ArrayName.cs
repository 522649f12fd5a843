using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>Which split and which column an array is, by its name: <c>x_train</c>, <c>t10k-labels-idx1-ubyte.gz</c>, <c>test/images.npy</c>.</summary>
/// <param name="Split">The split.</param>
/// <param name="Column">The column: <c>x</c>, <c>label</c>, <c>image</c>.</param>
internal sealed record ArrayName(string Split, string Column)
{
    private const string Unnamed = "data";

    private static readonly char[] Between = ['-', '_', '.', ' '];

    private static readonly HashSet<string> OfTheFormat = new(StringComparer.OrdinalIgnoreCase) { "gz", "npy", "npz", "ubyte", "idx", "idx1", "idx2", "idx3", "idx4" };

    /// <summary>Reads a name.</summary>
    /// <param name="path">Name of the file, with the array's inside an archive after it.</param>
    /// <param name="options">Their split files decide first.</param>
    public static ArrayName Of(string path, IngestOptions options)
    {
        var words = path[(path.LastIndexOf('/') + 1)..].Split(Between, StringSplitOptions.RemoveEmptyEntries).Where(word => !OfTheFormat.Contains(word)).ToList();
        var split = SplitNames.Of(path, options);
        var named = words.Find(word => SplitNames.Word(word) is not null);
        if (named is not null && words.Count > 1)
            words.Remove(named);
        if (named is not null && options.SplitFiles is null)
            split = SplitNames.Word(named)!;
        var column = words is [var only] && only == named ? Unnamed : string.Join('_', words);
        return new ArrayName(split, column switch { "" => Unnamed, "images" => "image", "labels" => "label", _ => column });
    }
}
