using System.Net;
using Microsoft.Extensions.Options;
using TrainingService.Domain.Webhooks;

namespace TrainingService.Domain.Datasets;

/// <summary>Where files may be fetched from. A name is judged by what it resolves to, at the moment of the connection.</summary>
public sealed class DatasetUrlPolicy(IOptions<DatasetOptions> options)
{
    private const string Any = "*";

    private readonly HashSet<string> _allowed = new(options.Value.UrlAllowlist, StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with an address as far as its text tells, or null.</summary>
    public string? Objection(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || url.Any(char.IsControl))
            return $"expected an address that begins with http:// or https://. Received: {Shown(url)}.";
        if (address.UserInfo.Length > 0)
            return "expected an address without a user name and a password, which everybody could read. Received: one with them.";
        var (host, port) = (address.IdnHost, address.Port);
        if (IsNamed(host, port))
            return null;
        if (!_allowed.Contains(Any) && !_allowed.Contains(host))
            return $"expected a host that the operator allows (Datasets:UrlAllowlist). Received: {host}.";
        if (port is not (80 or 443))
            return $"expected port 80 or 443, or host and port as the operator allows them (Datasets:UrlAllowlist). Received: {host}:{port}.";
        return PublicAddress.MayBe(host) ? null : $"expected a public address, or host and port as the operator allows them (Datasets:UrlAllowlist). Received: {host}.";
    }

    /// <exception cref="WebhookBlockedException">None of the addresses may be connected to.</exception>
    internal IReadOnlyList<IPAddress> Judge(string host, int port, IReadOnlyList<IPAddress> addresses)
    {
        // All of them: a name that is public and private at once is up to something.
        if (!IsNamed(host, port) && addresses.FirstOrDefault(address => !PublicAddress.Is(address)) is { } found)
            throw new WebhookBlockedException($"blocked: {host} is {found}, which is no public address.");
        return addresses;
    }

    /// <summary>Whether the operator named the very port: then it may be inside the own network.</summary>
    private bool IsNamed(string host, int port) => _allowed.Contains($"{host}:{port}");

    private static string Shown(string url) => url.Length <= 100 ? url : string.Concat(url.AsSpan(0, 100), "…");
}
