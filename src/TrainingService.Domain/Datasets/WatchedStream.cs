namespace TrainingService.Domain.Datasets;

/// <summary>Tells how much was read of a stream; whoever is told may throw.</summary>
public sealed class WatchedStream(Stream content, Action<long> onRead) : ReadOnceStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await content.ReadAsync(buffer, cancellationToken);
        _read += read;
        onRead(_read);
        return read;
    }
}
