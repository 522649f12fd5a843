using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace TrainingService.Engine.Datasets;

/// <summary>Prepares batches on another thread while the model computes.</summary>
internal static class Prefetching
{
    /// <summary>The same batches in the same order, at most <paramref name="ahead"/> of them ready in advance.</summary>
    public static IEnumerable<Batch> Run(IEnumerable<Batch> batches, int ahead)
    {
        using var ready = new BlockingCollection<Batch>(ahead);
        using var enough = new CancellationTokenSource();
        ExceptionDispatchInfo? failure = null;
        var producer = new Thread(() => failure = Produce(batches, ready, enough.Token)) { IsBackground = true, Name = "prefetch" };
        producer.Start();
        try
        {
            foreach (var batch in ready.GetConsumingEnumerable())
                yield return batch;
            producer.Join();
            failure?.Throw();
        }
        finally
        {
            enough.Cancel();
            producer.Join();
            while (ready.TryTake(out var unused))
                unused.Dispose();
        }
    }

    private static ExceptionDispatchInfo? Produce(IEnumerable<Batch> batches, BlockingCollection<Batch> ready, CancellationToken enough)
    {
        Batch? current = null;
        try
        {
            foreach (var batch in batches)
            {
                current = batch;
                ready.Add(batch, enough);
                current = null;
            }
            return null;
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            current?.Dispose(); // the epoch was left early
            return null;
        }
        catch (Exception failure)
        {
            return ExceptionDispatchInfo.Capture(failure); // rethrown where the batches are taken
        }
        finally
        {
            ready.CompleteAdding();
        }
    }
}
