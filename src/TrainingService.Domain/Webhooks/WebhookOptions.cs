using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TrainingService.Domain.Webhooks;

/// <summary>Section <c>Webhooks</c>: where RemoteMonitor may send to.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Receivers inside the operator's own network, as <c>host</c> or <c>host:port</c>. Any other receiver must have a public address and
    /// listen on port 80 or 443.
    /// </summary>
    public string[] AllowedHosts { get; init; } = [];

    /// <summary>Signs what is sent, as Standard Webhooks has it (<c>webhook-signature</c>): base64, 24 to 64 bytes, with or without <c>whsec_</c>; null signs nothing.</summary>
    public string? Secret { get; init; }

    /// <summary>How long a receiver may take for its whole answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Deliveries at the same time.</summary>
    [Range(1, 1_000)]
    public int MaxConcurrent { get; init; } = 16;

    /// <summary>How often work is looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The secret's bytes, or null.</summary>
    public byte[]? Key() => Secret is null ? null : Convert.FromBase64String(Secret.StartsWith("whsec_", StringComparison.Ordinal) ? Secret[6..] : Secret);
}

[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;

/// <summary>What attributes cannot say.</summary>
internal sealed class WebhookSecretValidator : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        try
        {
            return options.Key() is null or { Length: >= 24 and <= 64 }
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Webhooks:Secret: expected 24 to 64 bytes in base64. Received: fewer or more.");
        }
        catch (FormatException)
        {
            return ValidateOptionsResult.Fail("Webhooks:Secret: expected 24 to 64 bytes in base64. Received: no base64.");
        }
    }
}
