namespace TrainingService.Contracts.Datasets;

/// <summary>What a data set is read from.</summary>
public enum DatasetFormat
{
    /// <summary>IDX, the files of MNIST, plain or gzipped.</summary>
    Idx,

    /// <summary>One NumPy array per file.</summary>
    Npy,

    /// <summary>NumPy arrays in a zip.</summary>
    Npz,

    /// <summary>Values separated by commas, or by another character; plain or gzipped.</summary>
    Csv,

    /// <summary>Values separated by tabs; plain or gzipped.</summary>
    Tsv,

    /// <summary>One JSON object per line; plain or gzipped.</summary>
    Jsonl,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>TFRecord files of <c>tf.train.Example</c>.</summary>
    Tfrecord,

    /// <summary>A zip of pictures, a folder per class.</summary>
    ImageFolder,

    /// <summary>A zip of text files, a folder per class.</summary>
    TextFolder,

    /// <summary>The binary archives of CIFAR-10 and CIFAR-100.</summary>
    Cifar,
}

/// <summary>The channels that pictures are given.</summary>
public enum ColorMode
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>One channel.</summary>
    Grayscale,
}
