using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>What a column of a data set is for.</summary>
public enum ColumnRole
{
    /// <summary>Goes into the model.</summary>
    Feature,

    /// <summary>What the model learns to give.</summary>
    Label,

    /// <summary>What a row counts in the loss.</summary>
    Weight,

    /// <summary>Names the row; splits by hash go by it.</summary>
    Id,

    /// <summary>When it was; splits by time go by it.</summary>
    Time,

    /// <summary>Kept, and used only by jobs that name it.</summary>
    Ignored,
}

/// <summary>A column of a data set: one value, or one tensor of values, per row.</summary>
/// <param name="Name">Unique in the data set.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Dtype">bool, int8 … int64, uint8 … uint64, float16, float32, float64 or string. Encoded images are uint8.</param>
/// <param name="RowShape">
/// Shape of one row's value, without a batch axis: empty for a single value, null for an axis whose size differs from row to row.
/// </param>
/// <param name="Classes">Names of the classes, in order, of a column of class numbers; null where the numbers are only numbers.</param>
/// <param name="Statistics">Over the rows of the split <c>train</c>, or of the first split; null before they are counted.</param>
/// <param name="Encoding"><c>image</c>: each row is an encoded picture, which is decoded to <paramref name="RowShape"/>; null: the values themselves.</param>
public sealed record ColumnInfo(
    string Name, ColumnRole Role, string Dtype, Shape RowShape, IReadOnlyList<string>? Classes = null, ColumnStatistics? Statistics = null, string? Encoding = null)
{
    /// <summary>The encoding of pictures that keep their own sizes.</summary>
    public const string ImageEncoding = "image";

    /// <summary>The dtype of texts: UTF-8.</summary>
    public const string TextDtype = "string";

    /// <summary>Whether rows differ in length, so that the stored form has a file of offsets.</summary>
    public bool HasOffsets() => Dtype == TextDtype || Encoding is not null || RowShape.Elements is null;

    /// <summary>Whether each row is one number.</summary>
    public bool IsScalarNumber() => RowShape.Rank == 0 && Dtype != TextDtype && Encoding is null;
}
