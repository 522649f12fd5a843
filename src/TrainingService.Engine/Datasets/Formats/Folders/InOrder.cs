namespace TrainingService.Engine.Datasets.Formats.Folders;

/// <summary>Work on several threads whose results come in the order of what was given.</summary>
internal static class InOrder
{
    /// <param name="items">What is worked on; taken as there is room.</param>
    /// <param name="threads">At once.</param>
    /// <param name="work">Done on any thread.</param>
    /// <param name="use">Done on the calling thread, one result after the other.</param>
    /// <param name="ct">Ends it.</param>
    public static void Run<TItem, TResult>(IEnumerable<TItem> items, int threads, Func<TItem, TResult> work, Action<TItem, TResult> use, CancellationToken ct)
    {
        var ahead = new Queue<(TItem Item, Task<TResult> Result)>();
        var pool = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            foreach (var item in items)
            {
                ct.ThrowIfCancellationRequested();
                if (ahead.Count == 2 * threads) // keeps every thread busy and memory small
                    UseNext();
                ahead.Enqueue((item, Task.Factory.StartNew(() => work(item), stop.Token, TaskCreationOptions.None, pool)));
            }
            while (ahead.Count > 0)
                UseNext();
        }
        finally
        {
            stop.Cancel();
            foreach (var (_, result) in ahead)
                ((IAsyncResult)result).AsyncWaitHandle.WaitOne(); // nobody may close the files before the last one has ended
        }

        void UseNext()
        {
            var (item, result) = ahead.Dequeue();
            use(item, result.GetAwaiter().GetResult());
        }
    }
}
