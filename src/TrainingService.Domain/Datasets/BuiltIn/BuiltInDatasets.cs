namespace TrainingService.Domain.Datasets.BuiltIn;

/// <summary>
/// Keras's data sets. The digests are those that Keras itself compares to (keras/src/datasets), for CIFAR's binary archives those of TensorFlow
/// Datasets, and for repacked copies those of the copies that are shipped: with this service (MNIST) and with Debian (Fashion-MNIST).
/// </summary>
public static class BuiltInDatasets
{
    private const string CreativeCommons = "CC BY-SA 3.0", Mit = "MIT", NotStated = "not stated";

    private static readonly Uri Keras = new("https://storage.googleapis.com/tensorflow/tf-keras-datasets/");
    private static readonly Uri MnistFiles = new("https://storage.googleapis.com/cvdf-datasets/mnist/");
    private static readonly Uri CifarFiles = new("https://www.cs.toronto.edu/~kriz/");

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<BuiltInDataset> All { get; } =
    [
        new("boston_housing", "Prices of houses around Boston by 13 attributes of their places; one of them is ethically doubtful, see Keras's documentation", NotStated,
            "D. Harrison, D. L. Rubinfeld: Hedonic prices and the demand for clean air, 1978; StatLib",
            [Npz("boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5")]),
        new("california_housing", "Median house values of 20,640 districts of California by 8 attributes", NotStated,
            "R. K. Pace, R. Barry: Sparse spatial autoregressions, 1997; StatLib",
            [Npz("california_housing.npz", "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f")]),
        new("cifar10", "Colour images of 10 classes, 32×32", NotStated, "Alex Krizhevsky: Learning multiple layers of features from tiny images, 2009",
            [new("cifar-10-binary.tar.gz", CifarFiles, ["c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"])]),
        new("cifar100", "Colour images of 100 fine classes in 20 coarse ones, 32×32", NotStated, "Alex Krizhevsky: Learning multiple layers of features from tiny images, 2009",
            [new("cifar-100-binary.tar.gz", CifarFiles, ["58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"])]),
        new("fashion_mnist", "Articles of clothing, 28×28 grey", Mit, "Han Xiao, Kashif Rasul, Roland Vollgraf: Fashion-MNIST, Zalando SE, 2017",
        [
            Fashion("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7"),
            Fashion("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056"),
            Fashion("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa"),
            Fashion("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05"),
        ]),
        new("imdb", "Movie reviews as numbers of words, positive or negative", NotStated, "A. L. Maas and others: Learning word vectors for sentiment analysis, 2011",
            [Npz("imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")]),
        new("mnist", "Handwritten digits, 28×28 grey", CreativeCommons, "Yann LeCun, Corinna Cortes, Christopher J.C. Burges: the MNIST database of handwritten digits",
        [
            Digits("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971"),
            Digits("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203"),
            Digits("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be"),
            Digits("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b"),
        ]),
        new("reuters", "Newswires as numbers of words, 46 topics", NotStated, "Reuters-21578; D. D. Lewis",
            [Npz("reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")]),
    ];

    /// <summary>A data set by name, or null.</summary>
    public static BuiltInDataset? Find(string name) => All.FirstOrDefault(dataset => dataset.Name == name);

    private static BuiltInFile Npz(string name, string sha256) => new(name, Keras, [sha256]);

    private static BuiltInFile Fashion(string name, params string[] sha256) => new(name, Keras, sha256);

    private static BuiltInFile Digits(string name, params string[] sha256) => new(name, MnistFiles, sha256);
}
