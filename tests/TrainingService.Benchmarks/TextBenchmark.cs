using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Native;

namespace TrainingService.Benchmarks;

/// <summary>
/// Texts a second of <c>fit</c> and of a hand-written TorchSharp loop over the same network: words to vectors, an LSTM, a decision between two
/// classes.
/// </summary>
internal static class TextBenchmark
{
    private const int RowsPerRound = 1_920;
    private const int BatchSize = 64;
    private const int Words = 10_000;
    private const int Length = 100;
    private const int Size = 64;

    public static Task RunAsync()
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(FitComparison.Threads);
        using var fit = new FitLoop(Texts(), [new Shuffle(4 * RowsPerRound), new Take(RowsPerRound)], BatchSize, new Sequential(
        [
            new InputLayer(new Shape(null, Length)),
            new Embedding(Words, Size),
            new LSTM(Size),
            new Dense(2, Activation.Softmax),
        ]));
        using var byHand = ByHand(Texts());
        FitComparison.Run("fit_lstm_text", "texts/s", RowsPerRound, fit, byHand);
        return Task.CompletedTask;
    }

    /// <summary>Word numbers at random; the class says whether most of them are in the upper half.</summary>
    private static Rows Texts()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(42);
        var words = torch.randint(0, Words, [4 * RowsPerRound, Length], torch.int64, generator: generator); // (rows, length)
        var classes = words.ge(Words / 2).sum(1).gt(Length / 2).to(torch.int64);
        return new Rows(words.DetachFromDisposeScope(), classes.DetachFromDisposeScope());
    }

    private static HandWrittenLoop ByHand(Rows rows)
    {
        var embedding = torch.nn.Embedding(Words, Size);
        var lstm = torch.nn.LSTM(Size, Size, batchFirst: true);
        var dense = torch.nn.Linear(Size, 2);
        return new HandWrittenLoop(rows.Features, rows.Labels, BatchSize, RowsPerRound, Forward, embedding, lstm, dense);

        torch.Tensor Forward(torch.Tensor x)
        {
            var (states, _, _) = lstm.call(embedding.call(x)); // (batch, length, size)
            return dense.call(states.select(1, Length - 1));
        }
    }
}
