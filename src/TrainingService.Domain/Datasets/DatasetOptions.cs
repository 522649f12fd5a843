using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TrainingService.Domain.Datasets;

/// <summary>Section <c>Datasets</c>: what comes in, and from where.</summary>
public sealed class DatasetOptions
{
    /// <summary>
    /// Where files may be fetched from: <c>host</c>, with a public address and on port 80 or 443; <c>host:port</c>, wherever that is; <c>*</c>,
    /// any host with a public address. Default: nowhere.
    /// </summary>
    public string[] UrlAllowlist { get; init; } = [];

    /// <summary>The largest file that is taken in.</summary>
    [Range(1L << 10, 1L << 50)]
    public long MaxFileBytes { get; init; } = 1L << 40;

    /// <summary>Files of one request.</summary>
    [Range(1, 10_000)]
    public int MaxFiles { get; init; } = 1_000;

    /// <summary>How long a server may take to answer, or be silent in between.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an upload stays to which nothing comes, or that no data set has taken.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan UploadLife { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Tries of an ingest whose reader dies.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; init; } = 3;
}

[OptionsValidator]
internal sealed partial class DatasetOptionsValidator : IValidateOptions<DatasetOptions>;
