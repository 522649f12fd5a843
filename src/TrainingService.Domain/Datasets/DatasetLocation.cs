using TrainingService.Contracts.Datasets;

namespace TrainingService.Domain.Datasets;

/// <summary>A data set and its folder.</summary>
public sealed record DatasetLocation(DatasetInfo Info, string Directory);
