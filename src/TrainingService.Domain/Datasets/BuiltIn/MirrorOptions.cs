using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TrainingService.Domain.Datasets.BuiltIn;

/// <summary>Section <c>Datasets</c>: where the built-in data sets' files are.</summary>
public sealed class MirrorOptions
{
    /// <summary>The key of mirrors that have every data set.</summary>
    public const string All = "*";

    /// <summary>
    /// Addresses of folders by data set (<c>file://</c>, <c>http://</c>, <c>https://</c>), tried in order; <c>*</c> has folders of all, with the
    /// files below the data set's name. Wherever a file comes from, its SHA-256 decides.
    /// </summary>
    public Dictionary<string, string[]> Mirrors { get; init; } = new() { ["fashion_mnist"] = ["file:///usr/share/datasets/fashion-mnist"] };

    /// <summary>Whether files that no mirror has are taken from where Keras takes them.</summary>
    public bool UseOrigins { get; init; } = true;

    /// <summary>How long a mirror may take to answer, or be silent in between.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan MirrorTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class MirrorOptionsValidator : IValidateOptions<MirrorOptions>;

/// <summary>Mirrors are named by data sets that exist and by addresses that can be read.</summary>
internal sealed class MirrorAddressValidator : IValidateOptions<MirrorOptions>
{
    public ValidateOptionsResult Validate(string? name, MirrorOptions options)
    {
        var complaints = new List<string>();
        foreach (var (dataset, addresses) in options.Mirrors)
        {
            if (dataset != MirrorOptions.All && BuiltInDatasets.Find(dataset) is null)
                complaints.Add($"Datasets:Mirrors: expected * or one of {string.Join(", ", BuiltInDatasets.All.Select(known => known.Name))}. Received: {dataset}.");
            complaints.AddRange(addresses
                .Where(address => !Uri.TryCreate(address, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("file" or "http" or "https"))
                .Select(address => $"Datasets:Mirrors:{dataset}: expected an address that begins with file://, http:// or https://. Received: {address}."));
        }
        return complaints.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(complaints);
    }
}
