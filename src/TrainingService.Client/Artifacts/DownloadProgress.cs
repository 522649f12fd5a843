namespace TrainingService.Client.Artifacts;

/// <summary>How far a download is.</summary>
/// <param name="ReceivedBytes">Bytes that are there, those of an earlier try included.</param>
/// <param name="TotalBytes">Bytes of the whole file.</param>
public readonly record struct DownloadProgress(long ReceivedBytes, long TotalBytes);
