using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>One version of a data set that jobs can name.</summary>
/// <param name="Name">Name used in <c>data.train.dataset</c>.</param>
/// <param name="Description">One line.</param>
/// <param name="Splits">Rows per split: <c>train</c>, <c>test</c>.</param>
/// <param name="FeatureShape">Shape of one row's features, without a batch axis, where all feature columns are one tensor.</param>
/// <param name="FeatureDtype">Such as <c>uint8</c>.</param>
/// <param name="LabelShape">Shape of one row's label, without a batch axis; empty for a number.</param>
/// <param name="LabelDtype">Such as <c>uint8</c>.</param>
/// <param name="Classes">Number of classes, or null for regression.</param>
/// <param name="Licence">Under which terms the data may be used.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Version">From 1. Default: 1.</param>
/// <param name="Fingerprint">SHA-256 over the schema and the files, lower-case hex; null for rows that are read as they were shipped.</param>
/// <param name="Columns">The columns, the same in every split; null where features and label are all there is.</param>
/// <param name="SizeBytes">Of the stored form; null where the rows are read as they were shipped.</param>
public sealed record DatasetInfo(
    string Name, string Description, IReadOnlyDictionary<string, long> Splits, Shape FeatureShape, string FeatureDtype,
    Shape LabelShape, string LabelDtype, int? Classes, string Licence, string Source,
    int Version = 1, string? Fingerprint = null, IReadOnlyList<ColumnInfo>? Columns = null, long? SizeBytes = null)
{
    /// <summary>What a data set's name looks like.</summary>
    public const string NamePattern = "[a-z][a-z0-9_-]{0,99}";

    /// <summary>Name and version: <c>houses@2</c>.</summary>
    public string Reference() => $"{Name}@{Version}";

    /// <summary>The columns; for rows that are read as they were shipped the two that they consist of, <c>features</c> and <c>label</c>.</summary>
    public IReadOnlyList<ColumnInfo> AllColumns() => Columns ??
    [
        new ColumnInfo("features", ColumnRole.Feature, FeatureDtype, FeatureShape),
        new ColumnInfo("label", ColumnRole.Label, LabelDtype, LabelShape, Classes is { } count ? [.. Enumerable.Range(0, count).Select(number => $"{number}")] : null),
    ];

    /// <summary>The description of a version that was ingested.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its number.</param>
    /// <param name="description">One line.</param>
    /// <param name="schema">What the ingest found.</param>
    /// <param name="files">The stored files.</param>
    /// <param name="licence">Under which terms the data may be used.</param>
    /// <param name="source">Where it comes from.</param>
    public static DatasetInfo Of(
        string name, int version, string description, DatasetSchema schema, IReadOnlyList<DatasetFile> files, string licence = "", string source = "")
    {
        var (features, featureDtype) = Together(schema.Columns, ColumnRole.Feature);
        var (labels, labelDtype) = Together(schema.Columns, ColumnRole.Label);
        var label = schema.Columns.Where(column => column.Role == ColumnRole.Label).ToList();
        return new DatasetInfo(
            name, description, schema.Splits, features, featureDtype, labels, labelDtype, label is [{ Classes: { } classes }] ? classes.Count : null, licence, source,
            version, DatasetFingerprint.Of(schema, files), schema.Columns, files.Sum(file => file.SizeBytes));
    }

    /// <summary>The tensor that columns of one role make when a job does not say otherwise: the one column, or numbers side by side.</summary>
    private static (Shape Shape, string Dtype) Together(IReadOnlyList<ColumnInfo> columns, ColumnRole role) =>
        columns.Where(column => column.Role == role).ToList() switch
        {
            [] => (new Shape(), "float32"),
            [var only] when role == ColumnRole.Label || !only.IsScalarNumber() => (only.RowShape, only.Dtype),
            var several => (new Shape(several.Count), "float32"),
        };
}
