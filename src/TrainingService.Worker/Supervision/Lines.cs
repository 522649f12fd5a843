using System.Runtime.CompilerServices;

namespace TrainingService.Worker.Supervision;

/// <summary>Reads lines of bounded length from a stream of bytes.</summary>
internal static class Lines
{
    /// <summary>
    /// Lines without their line feed. A last line without one is not given: its writer died in the middle of it.
    /// The memory is valid until the next line is asked for.
    /// </summary>
    /// <exception cref="InvalidDataException">A line is longer than <paramref name="maxBytes"/>.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream stream, int maxBytes, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var buffer = new byte[Math.Min(16_384, maxBytes)];
        var filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, filled < maxBytes ? Math.Min(filled * 2, maxBytes) : throw TooLong(maxBytes));
            var read = await stream.ReadAsync(buffer.AsMemory(filled), ct);
            if (read == 0)
                yield break;
            var searched = filled;
            filled += read;

            var start = 0;
            for (int feed; (feed = buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n')) >= 0; start = searched)
            {
                yield return buffer.AsMemory(start, searched + feed - start);
                searched += feed + 1;
            }
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
        }
    }

    private static InvalidDataException TooLong(int maxBytes) => new($"A line is longer than {maxBytes} bytes.");
}
