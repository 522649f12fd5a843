using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;

namespace TrainingService.Engine.Random;

/// <summary>
/// Every source of chance in a job, derived from its seed and a name. Streams do not influence each other, so the order in which
/// layers are made or data is read changes nothing.
/// </summary>
/// <param name="seed">The job's seed.</param>
public sealed class RandomStreams(long seed)
{
    /// <summary>The job's seed.</summary>
    public long Seed { get; } = seed;

    /// <summary>Seed of the stream with this name.</summary>
    /// <param name="purpose">What the numbers are for: <c>init</c>, <c>dropout</c>, <c>shuffle</c>.</param>
    /// <param name="name">Whose they are: a weight's path, a layer's name.</param>
    /// <param name="number">Which of several, such as an epoch.</param>
    public ulong SeedOf(string purpose, string name, long number = 0)
    {
        var text = Encoding.UTF8.GetBytes($"{Seed}\n{purpose}\n{name}\n{number}");
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(text));
    }

    /// <summary>A torch generator for the stream with this name; the caller disposes of it.</summary>
    public torch.Generator Generator(string purpose, string name, torch.Device device) => new(SeedOf(purpose, name), device);

    /// <summary>Numbers for the stream with this name that need no torch.</summary>
    public SplitMix64 Numbers(string purpose, string name, long number = 0) => new(SeedOf(purpose, name, number));
}
