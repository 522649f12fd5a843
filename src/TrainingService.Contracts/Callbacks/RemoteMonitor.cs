using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Callbacks;

/// <summary>
/// The service's webhook: POSTs each epoch's figures to an address, as Keras's callback does: <c>{"epoch": 0, "loss": …}</c> with the epoch
/// counted from 0. The service sends it, not the trainer: at least once, in order, again for days while the receiver is away; the header
/// <c>webhook-id</c> is the same each time. Where the service may send to is the operator's choice; addresses of private networks are refused.
/// </summary>
/// <param name="Root">Begin of the address. Default: http://localhost:9000.</param>
/// <param name="Path">Appended to it. Default: /publish/epoch/end/.</param>
/// <param name="Field">The form's field that holds the figures as JSON. Default: data.</param>
/// <param name="Headers">Further headers, at most 20; those that belong to the connection, and credentials, which a job's spec would show, are refused. Default: none.</param>
/// <param name="SendAsJson">Whether the body is the JSON itself instead of a form. Default: false.</param>
public sealed record RemoteMonitor(
    [StringLength(2_000, MinimumLength = 1)] string Root = "http://localhost:9000",
    [StringLength(2_000)] string Path = "/publish/epoch/end/",
    [StringLength(200, MinimumLength = 1)] string Field = "data",
    [MaxLength(20)][EachLength(0, 1_000)] IReadOnlyDictionary<string, string>? Headers = null,
    bool SendAsJson = false) : CallbackWithoutEffect
{
    private static readonly HashSet<string> NotForJobs = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect",
        "Keep-Alive", "Authorization", "Proxy-Authorization", "Proxy-Connection", "Cookie", "webhook-id", "webhook-timestamp", "webhook-signature",
    };

    /// <summary>Where it sends to, or null when root and path are no http or https address.</summary>
    public Uri? Address() =>
        !HasControls(Root + Path) && Uri.TryCreate(Root + Path, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" && address is { UserInfo: "", Fragment: "", Host.Length: > 0 }
            ? address : null;

    /// <summary>What is wrong with a header, or null.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    internal static string? HeaderObjection(string name, string value) =>
        name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)) ? $"expected the name of a header. Received: \"{name}\"."
        : NotForJobs.Contains(name) ? $"expected a header that a job may set. Received: \"{name}\"."
        : HasControls(value) || !value.All(char.IsAscii) ? $"{name}: expected ASCII text of one line. Received: other characters."
        : null;

    private static bool HasControls(string text) => text.Any(char.IsControl);
}
