using TrainingService.Domain.Artifacts;

namespace TrainingService.Domain.Datasets;

/// <summary>A part as it comes: no longer than there is room for, and at its end where its sender went away.</summary>
internal sealed class PartStream(Stream content, long room) : ReadOnceStream
{
    private long _left = room;

    /// <summary>Whether there was more than room.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>What cut it off; null when it ended by itself.</summary>
    public Exception? Cut { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsTooLong || Cut is not null)
            return 0;
        try
        {
            var read = await content.ReadAsync(buffer, cancellationToken);
            IsTooLong = read > _left;
            _left -= read;
            return IsTooLong ? 0 : read;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            Cut = exception;
            return 0;
        }
    }
}

/// <summary>Contents one after the other.</summary>
internal sealed class JoinedStream(IArtifactStore artifacts, IReadOnlyList<string> digests) : ReadOnceStream
{
    private Stream? _part;
    private int _next;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_part is not null && await _part.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                return read;
            if (_part is not null)
                await _part.DisposeAsync();
            _part = null;
            if (_next == digests.Count)
                return 0;
            _part = artifacts.TryOpen(digests[_next])
                ?? throw new FileNotFoundException("The bytes of an upload's part are not in the artifact store.", digests[_next]);
            _next++;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _part?.Dispose();
        base.Dispose(disposing);
    }
}
