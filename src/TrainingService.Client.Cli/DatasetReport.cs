using System.Globalization;
using TrainingService.Client.Datasets;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Client.Cli;

/// <summary>A data set in words and tables.</summary>
internal sealed class DatasetReport(TrainingServiceClient client, Terminal terminal)
{
    private const int ShownValues = 3;

    public async Task ShowAsync(DatasetVersionResponse version, CancellationToken ct)
    {
        terminal.WriteLine($"{terminal.Bold($"{version.Name}@{version.Version}")}  {State(version)}");
        if (version.Error is { } error)
        {
            terminal.WriteLine($"  {terminal.Bad(error.Message)}");
            if (Place(error) is { Length: > 0 } place)
                terminal.WriteLine($"  {place}");
        }
        if (version.Status != DatasetStatus.Ready)
            return;
        terminal.WriteLine($"  {Rows(version.Splits)} rows{(version.SizeBytes is { } size ? $", {size:N0} bytes" : "")}{(version.Fingerprint is { } print ? $", fingerprint {print[..16]}…" : "")}");
        terminal.WriteLine(terminal.Bold($"  {"column",-24}  {"role",-8}  {"type",-20}  {"missing",9}  {"min",12}  {"max",12}  {"mean",12}  values"));
        foreach (var column in await client.Datasets.StatisticsAsync(version.Name, version.Version, ct))
            terminal.WriteLine($"  {column.Name,-24}  {JobReport.Word(column.Role),-8}  {Type(column),-20}  {column.Statistics?.Missing.ToString("N0", CultureInfo.CurrentCulture),9}  "
                + $"{Number(column.Statistics?.Min),12}  {Number(column.Statistics?.Max),12}  {Number(column.Statistics?.Mean),12}  {Values(column)}");
    }

    /// <summary>Where a version stands, in a few words.</summary>
    public static string State(DatasetVersionResponse version) => version switch
    {
        { Status: DatasetStatus.Ingesting, Progress: { } progress } =>
            $"is being read: {progress.Rows:N0} rows{(progress.TotalBytes is > 0 and var total ? $", {100.0 * progress.Bytes / total:N0} %" : "")}",
        { Status: DatasetStatus.Ready } => "is ready",
        { Status: DatasetStatus.Queued } => "waits to be read",
        { Status: DatasetStatus.Failed } => "could not be read",
        _ => $"is {JobReport.Word(version.Status)}",
    };

    public static string Rows(IReadOnlyDictionary<string, long>? splits) =>
        splits is null ? "" : string.Join(", ", splits.Select(split => $"{split.Value:N0} {split.Key}"));

    private static string Place(DatasetError error) => string.Join(", ", new[]
    {
        error.File, error.Row is { } row ? $"row {row}" : null, error.Column is { } column ? $"column {column}" : null,
    }.OfType<string>());

    private static string Type(ColumnInfo column) => column.RowShape.Rank == 0 ? column.Dtype : $"{column.Dtype} {column.RowShape}";

    private static string Number(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "";

    private static string Values(ColumnInfo column) => column.Statistics?.Top is { Count: > 0 } top
        ? string.Join(", ", top.Take(ShownValues).Select(value => $"{value.Value} ({value.Count:N0})")) + (top.Count > ShownValues ? ", …" : "") : "";

    /// <summary>The live line while a file is sent.</summary>
    internal sealed class Sending(Terminal terminal, string file) : IProgress<UploadProgress>
    {
        public void Report(UploadProgress value) =>
            terminal.Live($"{file}: {value.SentBytes:N0} of {value.TotalBytes:N0} bytes, {100.0 * value.SentBytes / Math.Max(1, value.TotalBytes):N0} %");
    }
}
