using System.Net;

namespace TrainingService.Domain.Webhooks;

/// <summary>Which addresses belong to the public internet.</summary>
internal static class PublicAddress
{
    // IANA's registries of special-purpose addresses: this host, private use, shared, loopback, link-local, documentation, benchmarking,
    // multicast, reserved; for IPv6 also everything that carries an IPv4 address inside.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
            "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>Whether a host, as far as its text tells, may be on the public internet.</summary>
    public static bool MayBe(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? Is(literal)
        : !(host.TrimEnd('.') is var name && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)));

    public static bool Is(IPAddress address)
    {
        var judged = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Special.Any(network => network.BaseAddress.AddressFamily == judged.AddressFamily && network.Contains(judged));
    }
}
