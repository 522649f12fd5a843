using System.Net;
using Microsoft.Extensions.Options;

namespace TrainingService.Domain.Webhooks;

/// <summary>Where the service sends to. A name is judged by what it resolves to, at the moment of the connection.</summary>
public sealed class WebhookPolicy(IOptions<WebhookOptions> options)
{
    private readonly HashSet<string> _allowed = new(options.Value.AllowedHosts, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the operator named the receiver.</summary>
    public bool IsNamed(string host, int port) => _allowed.Contains(host) || _allowed.Contains($"{host}:{port}");

    /// <summary>What is wrong with an address as far as its text tells, or null.</summary>
    public string? Objection(Uri address)
    {
        var host = address.IdnHost;
        if (IsNamed(host, address.Port))
            return null;
        if (address.Port is not (80 or 443))
            return $"expected port 80 or 443, or a receiver that the operator allows (Webhooks:AllowedHosts). Received: {host}:{address.Port}.";
        return PublicAddress.MayBe(host) ? null
            : $"expected a public address, or a receiver that the operator allows (Webhooks:AllowedHosts). Received: {host}.";
    }

    /// <exception cref="WebhookBlockedException">None of the addresses may be connected to.</exception>
    public IReadOnlyList<IPAddress> Judge(string host, int port, IReadOnlyList<IPAddress> addresses)
    {
        // All of them: a name that is public and private at once is up to something.
        if (!IsNamed(host, port) && addresses.FirstOrDefault(address => !PublicAddress.Is(address)) is { } found)
            throw new WebhookBlockedException($"blocked: {host} is {found}, which is no public address.");
        return addresses;
    }
}

/// <summary>A connection that the policy forbids.</summary>
public sealed class WebhookBlockedException(string message) : IOException(message);
