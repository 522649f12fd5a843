using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>The reader of each data set that Keras knows by name: rows, order, splits and types are those of its <c>load_data()</c>.</summary>
public static class BuiltInTable
{
    private static readonly Dictionary<string, (DatasetFormat Format, Func<IFormatReader> Make)> Readers = new(StringComparer.Ordinal)
    {
        ["boston_housing"] = (DatasetFormat.Npz, () => new KerasHouses("boston_housing.npz")),
        ["california_housing"] = (DatasetFormat.Npz, () => new KerasHouses("california_housing.npz")),
        ["cifar10"] = (DatasetFormat.Cifar, () => CifarArchive.Ten),
        ["cifar100"] = (DatasetFormat.Cifar, () => CifarArchive.Hundred),
        ["fashion_mnist"] = (DatasetFormat.Idx, () => new IdxClasses(ClassNames.Fashion)),
        ["imdb"] = (DatasetFormat.Npz, () => new KerasTexts("imdb.npz", ClassNames.Sentiment, testShare: null)),
        ["mnist"] = (DatasetFormat.Idx, () => new IdxClasses(ClassNames.Digits)),
        ["reuters"] = (DatasetFormat.Npz, () => new KerasTexts("reuters.npz", ClassNames.Topics, testShare: 0.2)),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => Readers.Keys;

    /// <summary>A data set's format and reader.</summary>
    /// <exception cref="IngestException">No such data set.</exception>
    public static (DatasetFormat Format, IFormatReader Reader) For(string name) => Readers.TryGetValue(name, out var found)
        ? (found.Format, found.Make())
        : throw new IngestException(DatasetErrorCodes.BadOption, $"expected one of the built-in data sets {string.Join(", ", Readers.Keys)}. Received: {name}.", null);
}
