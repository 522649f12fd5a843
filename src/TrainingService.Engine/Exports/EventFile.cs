using System.Buffers.Binary;
using Google.Protobuf;
using Tensorboard;
using TrainingService.Engine.Datasets.Formats.TfRecords;

namespace TrainingService.Engine.Exports;

/// <summary>
/// An event file as TensorFlow writes it and TensorBoard reads it: <c>Event</c> messages in TFRecords (length, masked CRC-32C of the length,
/// message, masked CRC-32C of the message, all little-endian). The messages are those of TensorBoard's own schema, which TorchSharp carries
/// together with Google's Protobuf library.
/// </summary>
public sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2"; // what a reader expects in the first record

    private readonly Stream _stream;
    private readonly TimeProvider _time;

    /// <summary>Begins an empty file.</summary>
    /// <param name="stream">Where it is written; closed with the file.</param>
    /// <param name="time">Clock of the events.</param>
    public EventFile(Stream stream, TimeProvider time) : this(stream, time, []) => Write(new Event { WallTime = Now(), FileVersion = Version });

    /// <summary>Goes on behind events that were written before.</summary>
    /// <param name="stream">Where it is written; closed with the file.</param>
    /// <param name="time">Clock of the events.</param>
    /// <param name="content">What another file's <see cref="Content"/> was.</param>
    public EventFile(Stream stream, TimeProvider time, ReadOnlySpan<byte> content)
    {
        (_stream, _time) = (stream, time);
        _stream.Write(content);
    }

    /// <summary>Adds a summary.</summary>
    /// <param name="step">Where it stands on TensorBoard's axis.</param>
    /// <param name="value">Tag and value.</param>
    public void Add(long step, Summary.Types.Value value) =>
        Write(new Event { WallTime = Now(), Step = step, Summary = new Summary { Value = { value } } });

    /// <summary>Brings everything written so far into the file.</summary>
    public void Flush() => _stream.Flush();

    /// <summary>All bytes written so far.</summary>
    public byte[] Content()
    {
        _stream.Flush();
        var bytes = new byte[_stream.Length];
        _stream.Position = 0;
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private double Now() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    private void Write(Event happened)
    {
        var message = happened.ToByteArray();
        Span<byte> head = stackalloc byte[sizeof(ulong) + sizeof(uint)], tail = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[sizeof(ulong)..], MaskedCrc32C.Of(head[..sizeof(ulong)]));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, MaskedCrc32C.Of(message));
        _stream.Write(head);
        _stream.Write(message);
        _stream.Write(tail);
    }

    /// <inheritdoc />
    public void Dispose() => _stream.Dispose();
}
