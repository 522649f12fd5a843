using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>A data set that jobs can name.</summary>
/// <param name="Name">Name used in <c>data.train.dataset</c>.</param>
/// <param name="Description">One line.</param>
/// <param name="Splits">Rows per split: <c>train</c>, <c>test</c>.</param>
/// <param name="FeatureShape">Shape of one row's features, without a batch axis.</param>
/// <param name="FeatureDtype">Such as <c>uint8</c>.</param>
/// <param name="LabelShape">Shape of one row's label, without a batch axis; empty for a number.</param>
/// <param name="LabelDtype">Such as <c>uint8</c>.</param>
/// <param name="Classes">Number of classes, or null for regression.</param>
/// <param name="Licence">Under which terms the data may be used.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record DatasetInfo(
    string Name, string Description, IReadOnlyDictionary<string, long> Splits, Shape FeatureShape, string FeatureDtype,
    Shape LabelShape, string LabelDtype, int? Classes, string Licence, string Source);
