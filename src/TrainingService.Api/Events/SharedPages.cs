namespace TrainingService.Api.Events;

/// <summary>
/// A watched job's history in pages, for those who come late or come back. Who asks for a page while it is being read waits for the same
/// reading, and a full page, which never changes, is kept as long as somebody holds it: a thousand who come back at once cost the database
/// what one does.
/// </summary>
internal sealed class SharedPages(Guid jobId, EventRows rows, CancellationToken stop)
{
    /// <summary>Small, because a slow reader holds one.</summary>
    private const int PageSize = 128;

    private const int MaxRemembered = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Task<IReadOnlyList<FeedEvent>>> _reading = [];
    private readonly Dictionary<long, WeakReference<IReadOnlyList<FeedEvent>>> _full = [];

    /// <summary>The page in which the event after a number stands; it may begin before that, and ends with what was stored when the reading began.</summary>
    public async Task<IReadOnlyList<FeedEvent>> ReadAsync(long after, CancellationToken ct)
    {
        var number = after / PageSize;
        Task<IReadOnlyList<FeedEvent>>? reading;
        lock (_gate)
        {
            if (_full.TryGetValue(number, out var kept) && kept.TryGetTarget(out var page))
                return page;
            if (!_reading.TryGetValue(number, out reading))
                _reading[number] = reading = Task.Run(() => ReadPageAsync(number), CancellationToken.None);
        }
        return await reading.WaitAsync(ct);
    }

    private async Task<IReadOnlyList<FeedEvent>> ReadPageAsync(long number)
    {
        IReadOnlyList<FeedEvent> page = [];
        try
        {
            return page = await rows.ReadAsync(jobId, number * PageSize, PageSize, stop);
        }
        finally
        {
            lock (_gate)
            {
                _reading.Remove(number);
                if (page.Count == PageSize)
                    Keep(number, page);
            }
        }
    }

    private void Keep(long number, IReadOnlyList<FeedEvent> page)
    {
        if (_full.Count >= MaxRemembered)
            foreach (var forgotten in _full.Where(entry => !entry.Value.TryGetTarget(out _)).Select(entry => entry.Key).ToList())
                _full.Remove(forgotten);
        if (_full.Count < MaxRemembered)
            _full[number] = new WeakReference<IReadOnlyList<FeedEvent>>(page);
    }
}
