namespace TrainingService.Engine.Datasets;

/// <summary>The data cannot be used: a file is missing, damaged, or does not hold what the data set promises.</summary>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner);
