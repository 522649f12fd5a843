using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.BuiltIn;

/// <summary>
/// Texts as numbers of words, with what Keras's <c>load_data()</c> does by default: rows shuffled by the seed 113, each text begins with 1, words are
/// moved up by 3 and the last word of all counts as unknown (2), because <c>num_words</c> is then the largest number and words lie below it.
/// </summary>
/// <param name="file">The <c>.npz</c>.</param>
/// <param name="classes">Names of the classes.</param>
/// <param name="testShare">Null: the file has a training and a test part. Otherwise the share of its rows, from the end, that is the test part.</param>
internal sealed class KerasTexts(string file, IReadOnlyList<string> classes, double? testShare) : IFormatReader
{
    private const uint Seed = 113;
    private const int Start = 1, Unknown = 2, FirstWord = 3;

    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        output.Declare(
        [
            new ColumnInfo("features", ColumnRole.Feature, "int32", new Shape((long?)null)),
            new ColumnInfo("label", ColumnRole.Label, "uint8", new Shape(), classes),
        ]);
        var random = new NumpyRandom(Seed);
        var parts = Parts(files.Named(file), random);
        var last = parts.SelectMany(part => part.Texts).SelectMany(text => text).DefaultIfEmpty(0).Max() + FirstWord;
        foreach (var (split, texts, labels) in parts)
        {
            var writer = output.Split(split);
            for (var row = 0; row < texts.Count; row++)
            {
                ct.ThrowIfCancellationRequested();
                writer.Varying(0).Append<int>([Start, .. texts[row].Select(word => Moved(word, last, split, row))]);
                writer.Fixed(1).Append((byte)labels[row]);
            }
            progress.AddRows(texts.Count);
        }
    }

    private sealed record Part(string Split, IReadOnlyList<IReadOnlyList<long>> Texts, IReadOnlyList<long> Labels);

    private List<Part> Parts(IngestFile npz, NumpyRandom random)
    {
        using var arrays = new NpzArrays(npz);
        if (testShare is not { } share)
            return [Shuffled(SplitNames.Train, arrays, "x_train", "y_train", random), Shuffled("test", arrays, "x_test", "y_test", random)];
        var all = Shuffled(SplitNames.Train, arrays, "x", "y", random);
        var train = (int)(all.Texts.Count * (1 - share));
        return
        [
            new Part(SplitNames.Train, [.. all.Texts.Take(train)], [.. all.Labels.Take(train)]),
            new Part("test", [.. all.Texts.Skip(train)], [.. all.Labels.Skip(train)]),
        ];
    }

    private Part Shuffled(string split, NpzArrays arrays, string x, string y, NumpyRandom random)
    {
        var (texts, labels) = (arrays.Lists(x), arrays.ClassNumbers(y, classes.Count));
        if (texts.Count != labels.Length)
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected {texts.Count} labels, as there are texts. Received: {labels.Length}.", $"{file}/{y}.npy");
        var order = random.Order(texts.Count);
        return new Part(split, [.. order.Select(row => texts[row])], [.. order.Select(row => labels[row])]);
    }

    private int Moved(long word, long last, string split, int row)
    {
        var moved = word + FirstWord;
        return moved == last ? Unknown
            : word is >= 0 and < int.MaxValue - FirstWord ? (int)moved
            : throw new IngestException(DatasetErrorCodes.BadValue, $"expected numbers of words from 0 to {int.MaxValue - FirstWord}. Received: {word} in the split {split}.", file, row + 1, "features");
    }
}
