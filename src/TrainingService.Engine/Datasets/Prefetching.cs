using System.Diagnostics;
using TorchSharp;

namespace TrainingService.Engine.Datasets;

/// <summary>What a batch is made of.</summary>
/// <param name="Rows">Row numbers.</param>
/// <param name="Drawing">What maps draw is a matter of this number.</param>
internal readonly record struct BatchOrder(long[] Rows, ulong Drawing);

/// <summary>How batches are prepared.</summary>
/// <param name="Background">Whether they may be prepared on other threads at all.</param>
/// <param name="Ahead">How many are ready in advance; null chooses.</param>
/// <param name="Workers">Threads that prepare them; null chooses.</param>
internal sealed record PrefetchPlan(bool Background, int? Ahead, int? Workers);

/// <summary>
/// Prepares batches while the model computes: the same batches in the same order, whoever prepares them. What is not said is found out by measuring:
/// a thread that prepares batches takes a core from those that compute, and they wait for each other many times in a step; so batches that take a
/// small part of a step's time are prepared between the steps, and others by as many threads as keep the model from waiting.
/// </summary>
/// <param name="plan">What is said.</param>
/// <param name="makerOf">Who prepares on a thread, by its number from 0; the first one is also who prepares between the steps.</param>
/// <param name="sparesCore">Whether there is a core that does not compute.</param>
internal sealed class Prefetching(PrefetchPlan plan, Func<int, BatchMaker> makerOf, bool sparesCore)
{
    private const int AutomaticBuffer = 8;
    private const int Tried = 8;
    private const double Cheap = 0.1;

    /// <summary>Threads at most where their number is chosen.</summary>
    public static int MostWorkers => Environment.ProcessorCount;

    /// <summary>The batches in order; each is the caller's.</summary>
    public IEnumerable<Batch> Run(IEnumerable<BatchOrder> orders)
    {
        if (!plan.Background)
            return Between(orders);
        return plan.Workers is null && plan.Ahead is null && !sparesCore ? Watched(orders) : Ahead(orders.GetEnumerator(), plan.Workers ?? 1);
    }

    private IEnumerable<Batch> Between(IEnumerable<BatchOrder> orders)
    {
        var maker = makerOf(0);
        foreach (var order in orders)
            yield return Make(maker, order);
    }

    private IEnumerable<Batch> Watched(IEnumerable<BatchOrder> orders)
    {
        var source = orders.GetEnumerator();
        var isHandedOver = false;
        try
        {
            var maker = makerOf(0);
            Stopwatch preparing = new(), computing = new();
            for (var taken = 0; taken < Tried || preparing.Elapsed <= Cheap * computing.Elapsed; taken++)
            {
                preparing.Start();
                var batch = source.MoveNext() ? Make(maker, source.Current) : null;
                preparing.Stop();
                if (batch is null)
                    yield break;
                computing.Start();
                yield return batch;
                computing.Stop();
            }
            isHandedOver = true;
            var needed = Math.Ceiling(preparing.Elapsed / computing.Elapsed);
            foreach (var batch in Ahead(source, (int)Math.Clamp(double.IsNaN(needed) ? 1 : needed, 1, MostWorkers)))
                yield return batch;
        }
        finally
        {
            if (!isHandedOver)
                source.Dispose();
        }
    }

    private IEnumerable<Batch> Ahead(IEnumerator<BatchOrder> source, int workers)
    {
        using var ahead = new OrderedWorkers(source, makerOf, workers, plan.Ahead ?? AutomaticBuffer)
        {
            MostWorkers = plan.Workers ?? MostWorkers,
            ChoosesAhead = plan.Ahead is null,
        };
        while (ahead.Next() is { } batch)
        {
            yield return batch;
            ahead.Computed();
        }
    }

    /// <summary>On one thread, as on every other one: sums do not depend on who makes them.</summary>
    private static Batch Make(BatchMaker maker, BatchOrder order)
    {
        var threads = maker.Maps ? torch.get_num_threads() : 1;
        if (threads == 1)
            return maker.Make(order.Rows, order.Drawing);
        torch.set_num_threads(1);
        try
        {
            return maker.Make(order.Rows, order.Drawing);
        }
        finally
        {
            torch.set_num_threads(threads);
        }
    }
}
