namespace TrainingService.Client.Datasets;

/// <summary>How far an upload is.</summary>
/// <param name="SentBytes">Bytes that the service has.</param>
/// <param name="TotalBytes">Bytes of the file.</param>
public readonly record struct UploadProgress(long SentBytes, long TotalBytes);
