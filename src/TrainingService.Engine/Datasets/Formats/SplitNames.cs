using System.IO.Enumeration;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Which split a file belongs to, by its name.</summary>
public static class SplitNames
{
    /// <summary>Where everything goes that does not say otherwise.</summary>
    public const string Train = "train";

    private static readonly (string Word, string Split)[] Words =
    [
        ("train", Train), ("training", Train), ("test", "test"), ("t10k", "test"),
        ("validation", "validation"), ("valid", "validation"), ("val", "validation"), ("dev", "validation"),
    ];

    /// <summary>
    /// The split of a file: the one whose patterns the options give it, else the one that a folder or the beginning of the file's name says
    /// (<c>train/cat/1.png</c>, <c>t10k-images-idx3-ubyte.gz</c>, <c>val.csv</c>), else <c>train</c>.
    /// </summary>
    /// <param name="name">Its name, with '/' after each folder.</param>
    /// <param name="options">Their split files decide first.</param>
    public static string Of(string name, IngestOptions options)
    {
        if (options.SplitFiles is { } given)
            return given.FirstOrDefault(split => split.Value.Any(pattern => Matches(pattern, name))).Key ?? Train;
        foreach (var part in name.Split('/'))
        {
            var word = new string([.. part.TakeWhile(char.IsAsciiLetterOrDigit)]);
            if (Word(word) is { } split)
                return split;
        }
        return Train;
    }

    /// <summary>The split that a word stands for, or null.</summary>
    public static string? Word(string word) => Words.FirstOrDefault(known => known.Word.Equals(word, StringComparison.OrdinalIgnoreCase)).Split;

    /// <summary>Refuses patterns that no file has.</summary>
    /// <param name="options">Their split files.</param>
    /// <param name="names">All names.</param>
    /// <exception cref="IngestException">A pattern without a file.</exception>
    public static void CheckAllUsed(IngestOptions options, IReadOnlyCollection<string> names)
    {
        foreach (var (split, patterns) in options.SplitFiles ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            foreach (var pattern in patterns)
            {
                if (!names.Any(name => Matches(pattern, name)))
                    throw new IngestException(DatasetErrorCodes.BadOption, $"split_files: expected files for \"{pattern}\" of the split {split}. Received: {string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")}.", null);
            }
        }
    }

    /// <summary>A pattern is a file's name, a folder, or has <c>*</c> for any characters.</summary>
    private static bool Matches(string pattern, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false) || name.StartsWith(pattern.TrimEnd('/') + '/', StringComparison.Ordinal);
}
