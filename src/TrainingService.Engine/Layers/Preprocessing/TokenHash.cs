using System.Text;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Buckets of texts: FarmHash, or SipHash under a salt.</summary>
/// <param name="salt">Two whole numbers, or one for both; null for none.</param>
internal sealed class TokenHash(Integers? salt)
{
    private readonly (ulong First, ulong Second)? _key = salt is null ? null : ((ulong)salt.Values[0], (ulong)salt.Values[^1]);

    /// <summary>A number from 0 to below the number of buckets.</summary>
    public long Bucket(string text, long buckets)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var hash = _key is var (first, second) ? SipHash.Hash64(bytes, first, second) : FarmHash.Fingerprint64(bytes);
        return (long)(hash % (ulong)buckets);
    }
}
