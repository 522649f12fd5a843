using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Datasets;

/// <summary>Which rows make which batch: the steps of a pipeline that only choose and arrange, as tf.data does.</summary>
/// <param name="random">The job's random streams.</param>
/// <param name="name">Whose order: <c>train</c>; part of the shuffle's stream.</param>
public sealed class RowOrder(RandomStreams random, string name)
{
    private readonly List<PipelineStep> _steps = [];

    /// <summary>Rows per batch; null until there is a batch step.</summary>
    public int? BatchSize { get; private set; }

    /// <summary>Appends a step.</summary>
    /// <exception cref="SpecException">A second batch step.</exception>
    public void Add(PipelineStep step)
    {
        if (step is Contracts.Datasets.Batch batch)
        {
            if (BatchSize is not null)
                throw new SpecException("a pipeline has one batch step. Received: a second one.");
            BatchSize = batch.BatchSize;
        }
        _steps.Add(step);
    }

    /// <summary>A cache remembers the order in which the rows came the first time.</summary>
    public void Freeze()
    {
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_steps[i] is Shuffle shuffle)
                _steps[i] = shuffle with { ReshuffleEachIteration = false };
        }
    }

    /// <summary>Rows and batches of an epoch.</summary>
    /// <param name="rows">Rows of the source.</param>
    public (long Rows, long Batches) Count(long rows)
    {
        long count = rows, size = 1, last = 1; // elements; rows of one; rows of the last one
        foreach (var step in _steps)
        {
            switch (step)
            {
                case Take take when take.Count < count:
                    (count, last) = (take.Count, size);
                    break;
                case Skip skip:
                    count = Math.Max(0, count - skip.Count);
                    break;
                case Contracts.Datasets.Batch batch:
                    var rest = count % batch.BatchSize;
                    size = batch.BatchSize;
                    last = rest == 0 || batch.DropRemainder ? size : rest;
                    count = count / size + (rest == 0 || batch.DropRemainder ? 0 : 1);
                    break;
            }
        }
        return (count == 0 ? 0 : (count - 1) * size + last, count);
    }

    /// <summary>The rows of every batch of an epoch, in order.</summary>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="epoch">From 0; shuffles differ by it.</param>
    public IEnumerable<long[]> Batches(long rows, int epoch)
    {
        var single = Range(rows);
        IEnumerable<long[]>? batches = null;
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_steps[i] is Contracts.Datasets.Batch batch)
                batches = Chunk(single, batch);
            else if (batches is null)
                single = Arrange(single, i, epoch);
            else
                batches = Arrange(batches, i, epoch);
        }
        return batches ?? throw new InvalidOperationException("the pipeline has no batch step.");
    }

    private IEnumerable<T> Arrange<T>(IEnumerable<T> elements, int position, int epoch) => _steps[position] switch
    {
        Take take => elements.TakeWhile((_, index) => index < take.Count),
        Skip skip => elements.SkipWhile((_, index) => index < skip.Count),
        Shuffle shuffle => ShuffleBuffer(elements, shuffle.BufferSize, Numbers(shuffle, position, epoch)),
        _ => elements,
    };

    private SplitMix64 Numbers(Shuffle shuffle, int position, int epoch)
    {
        var streams = shuffle.Seed is { } own ? new RandomStreams(own) : random;
        return streams.Numbers("shuffle", $"{name}/{position}", shuffle.ReshuffleEachIteration ? epoch : 0);
    }

    /// <summary>tf.data's shuffle: a buffer is filled in order; each element drawn from it makes room for the next one.</summary>
    private static IEnumerable<T> ShuffleBuffer<T>(IEnumerable<T> elements, long bufferSize, SplitMix64 numbers)
    {
        List<T> buffer = [];
        foreach (var element in elements)
        {
            if (buffer.Count < bufferSize)
            {
                buffer.Add(element);
                continue;
            }
            var drawn = (int)numbers.Below(buffer.Count);
            yield return buffer[drawn];
            buffer[drawn] = element;
        }
        while (buffer.Count > 0)
        {
            var drawn = (int)numbers.Below(buffer.Count);
            yield return buffer[drawn];
            buffer[drawn] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
        }
    }

    private static IEnumerable<long[]> Chunk(IEnumerable<long> rows, Contracts.Datasets.Batch batch) =>
        rows.Chunk(batch.BatchSize).Where(chunk => !batch.DropRemainder || chunk.Length == batch.BatchSize);

    private static IEnumerable<long> Range(long count)
    {
        for (long row = 0; row < count; row++)
            yield return row;
    }
}
