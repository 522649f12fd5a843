using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Domain.Datasets;

/// <summary>The original four files of MNIST, as Keras gives them: <c>(28, 28)</c> uint8, the label a number.</summary>
internal static class Mnist
{
    public const string Name = "mnist";
    private const int Classes = 10;

    private static readonly (string Split, string Images, string Labels, int Rows)[] Splits =
    [
        ("train", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", 60_000),
        ("test", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", 10_000),
    ];

    public static DatasetInfo Info { get; } = new(
        Name, "Handwritten digits, 28×28 grey", Splits.ToDictionary(split => split.Split, split => (long)split.Rows),
        new Shape(28, 28), "uint8", new Shape(), "uint8", Classes, "CC BY-SA 3.0",
        "Yann LeCun, Corinna Cortes, Christopher J.C. Burges: the MNIST database of handwritten digits");

    /// <exception cref="InvalidDataException">The folder does not hold these files.</exception>
    public static void Check(string folder)
    {
        foreach (var (_, images, labels, rows) in Splits)
        {
            Expect(IdxFile.Read(Path.Combine(folder, images)), rows, 28, 28);
            var labelFile = IdxFile.Read(Path.Combine(folder, labels));
            Expect(labelFile, rows);
            if (labelFile.ReadValues().Max() is >= Classes and var label)
                throw new InvalidDataException($"{labelFile.Path}: expected labels 0 to {Classes - 1}. Received: {label}");
        }
    }

    private static void Expect(IdxFile file, params int[] dims)
    {
        if (!file.Dims.SequenceEqual(dims))
            throw new InvalidDataException($"{file.Path}: expected ({string.Join(", ", dims)}). Received: ({string.Join(", ", file.Dims)})");
    }
}
