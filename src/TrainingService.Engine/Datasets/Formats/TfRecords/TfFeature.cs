namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>What a feature of <c>tf.train.Example</c> holds; the number is its field's.</summary>
internal enum TfKind
{
    /// <summary>A feature that is there without a list.</summary>
    None = 0,
    Bytes = 1,
    Float = 2,
    Int64 = 3,
}

/// <summary>A feature of a record, where it lies in the record's bytes.</summary>
/// <param name="Kind">Which list.</param>
/// <param name="Start">Where the list begins.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct TfFeature(TfKind Kind, int Start, int Length);
