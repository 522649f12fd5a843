using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace TrainingService.Engine.Datasets;

/// <summary>Prepares batches on another thread while the model computes.</summary>
internal static class Prefetching
{
    private const int Tried = 8;
    private const double Cheap = 0.1;

    /// <summary>
    /// The same batches in the same order, prepared in advance where that pays. A thread that prepares batches takes a core from those that
    /// compute, and they wait for each other many times in a step; so batches that take a small part of a step's time are prepared between
    /// the steps. The first ones show which it is.
    /// </summary>
    /// <param name="batches">What to prepare.</param>
    /// <param name="ahead">How many are ready in advance.</param>
    /// <param name="sparesCore">Whether there is a core that does not compute.</param>
    public static IEnumerable<Batch> RunWherePaying(IEnumerable<Batch> batches, int ahead, bool sparesCore)
    {
        if (sparesCore)
            return Run(batches, ahead);
        return Watched(batches, ahead);
    }

    private static IEnumerable<Batch> Watched(IEnumerable<Batch> batches, int ahead)
    {
        using var source = batches.GetEnumerator();
        Stopwatch preparing = new(), computing = new();
        for (var taken = 0; ; taken++)
        {
            if (taken >= Tried && preparing.Elapsed > Cheap * computing.Elapsed)
                break;
            preparing.Start();
            var more = source.MoveNext();
            preparing.Stop();
            if (!more)
                yield break;
            computing.Start();
            yield return source.Current;
            computing.Stop();
        }
        foreach (var batch in Run(Rest(source), ahead))
            yield return batch;
    }

    private static IEnumerable<Batch> Rest(IEnumerator<Batch> source)
    {
        while (source.MoveNext())
            yield return source.Current;
    }

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
