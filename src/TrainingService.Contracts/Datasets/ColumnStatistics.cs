namespace TrainingService.Contracts.Datasets;

/// <summary>What was counted over a column while it was written.</summary>
/// <param name="Count">Rows, those without a value included.</param>
/// <param name="Missing">Rows without a value; of numbers they are stored as NaN, or as 0 where the dtype has none.</param>
/// <param name="Min">Smallest number; null for texts and where every value is missing.</param>
/// <param name="Max">Largest number.</param>
/// <param name="Mean">Mean of the numbers that are there.</param>
/// <param name="Std">Standard deviation (of the population) of the numbers that are there.</param>
/// <param name="Distinct">Different values, counted up to a limit; null where they were not counted.</param>
/// <param name="DistinctIsLimit">Whether counting stopped at the limit, so that there are at least that many.</param>
/// <param name="Top">The most frequent values, by falling count; of labels all classes, by their number. Null where they were not counted.</param>
/// <param name="Lengths">Lengths of texts (in bytes) and of sequences (in entries).</param>
/// <param name="ChannelMean">Mean per channel, of images.</param>
/// <param name="ChannelStd">Standard deviation per channel, of images.</param>
public sealed record ColumnStatistics(
    long Count, long Missing = 0, double? Min = null, double? Max = null, double? Mean = null, double? Std = null, long? Distinct = null, bool DistinctIsLimit = false,
    IReadOnlyList<ValueCount>? Top = null, LengthStatistics? Lengths = null, IReadOnlyList<double>? ChannelMean = null, IReadOnlyList<double>? ChannelStd = null);

/// <summary>How often a value is there.</summary>
/// <param name="Value">As a text; of class numbers the class's name.</param>
/// <param name="Count">Rows.</param>
public sealed record ValueCount(string Value, long Count);

/// <summary>How long the rows of a column are.</summary>
/// <param name="Min">Shortest.</param>
/// <param name="Max">Longest.</param>
/// <param name="Mean">Mean.</param>
public sealed record LengthStatistics(long Min, long Max, double Mean);
