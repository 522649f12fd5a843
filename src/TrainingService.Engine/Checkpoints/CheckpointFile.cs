using System.Security.Cryptography;
using System.Text.Json.Nodes;
using TrainingService.Engine.Exports;
using static TorchSharp.torch;

namespace TrainingService.Engine.Checkpoints;

/// <summary>
/// A checkpoint on the disk: a safetensors file with the values as JSON in its metadata, and as its last tensor, <c>sha256</c>, the digest of
/// every byte before it. A file is complete or not there; one of which any byte is not as it was written is refused before it is parsed.
/// </summary>
public static class CheckpointFile
{
    /// <summary>Version of the format that is written, and the only one that is read.</summary>
    public const int Version = 1;

    private const string Format = "training-checkpoint", DigestName = "sha256";
    private const int DigestBytes = 32, ChunkBytes = 1 << 20;

    /// <summary>Writes a checkpoint; on any thread.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What is written; it stays the caller's.</param>
    /// <param name="step">Told before each thing that is done to the disk. Default: nobody.</param>
    /// <returns>The file's length and SHA-256, in lower-case hex.</returns>
    public static (long SizeBytes, string Sha256) Write(string path, CheckpointContent content, Action<string>? step = null) => Write(path, content, Version, step);

    internal static (long SizeBytes, string Sha256) Write(string path, CheckpointContent content, int version, Action<string>? step = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        (long, string) written = default;
        AtomicFile.Write(path, file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var hashing = new HashingStream(file, hash);
            using var digest = zeros(DigestBytes, uint8);
            var metadata = new Dictionary<string, string> { ["format"] = Format, ["version"] = $"{version}", ["values"] = content.Values.ToJsonString() };
            Safetensors.WriteHeader(hashing, [.. content.Tensors.Select(entry => (entry.Key, entry.Value)), (DigestName, digest)], metadata);
            step?.Invoke("write");
            foreach (var values in content.Tensors.Values)
            {
                using var flat = values.view(-1);
                Safetensors.WriteValues(hashing, flat);
            }
            step?.Invoke("write digest");
            hashing.Write(hash.GetCurrentHash());
            written = (hashing.Written, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }, step);
        return written;
    }

    /// <summary>Reads a checkpoint; the caller disposes of it.</summary>
    /// <exception cref="CheckpointException">The file is not there, not as it was written, or of another version.</exception>
    public static CheckpointContent Read(string path)
    {
        Verify(path);
        var tensors = Safetensors.Read(path, out var metadata);
        var content = new CheckpointContent { Tensors = tensors, Values = Values(metadata, tensors) };
        content.Tensors.Remove(DigestName, out var digest);
        digest!.Dispose();
        return content;
    }

    private static JsonObject Values(IReadOnlyDictionary<string, string> metadata, OrderedDictionary<string, Tensor> tensors)
    {
        try
        {
            if (metadata.GetValueOrDefault("format") != Format)
                throw new CheckpointException($"expected a file of the format {Format}. Received: {metadata.GetValueOrDefault("format", "none")}.");
            if (metadata.GetValueOrDefault("version") is var found && found != $"{Version}")
                throw new CheckpointException($"expected version {Version} of the checkpoint format. Received: version {found}.");
            return JsonNode.Parse(metadata["values"])!.AsObject();
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    /// <summary>Compares the digest at the file's end with that of everything before it.</summary>
    private static void Verify(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            if (file.Length < DigestBytes + 8)
                throw new CheckpointException($"expected a checkpoint. Received: a file of {file.Length} bytes.");
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = new byte[ChunkBytes];
            for (var left = file.Length - DigestBytes; left > 0;)
            {
                var part = chunk.AsSpan(0, (int)Math.Min(left, ChunkBytes));
                file.ReadExactly(part);
                hash.AppendData(part);
                Training.Pulse.Beat();
                left -= part.Length;
            }
            var expected = chunk.AsSpan(0, DigestBytes);
            file.ReadExactly(expected);
            if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected))
                throw new CheckpointException($"expected the SHA-256 of the content to be the one at the file's end. Received: another one; the file of {file.Length} bytes is damaged.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"expected a file that can be read. Received: {exception.Message}");
        }
    }

    /// <summary>Counts and digests what passes through.</summary>
    private sealed class HashingStream(Stream inner, IncrementalHash hash) : Stream
    {
        public long Written { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            inner.Write(buffer);
            Training.Pulse.Beat();
            Written += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
