using System.Diagnostics;
using TorchSharp;

namespace TrainingService.Benchmarks;

/// <summary>Rows a second of two loops over the same network, round by round in one process.</summary>
internal static class FitComparison
{
    private const int Rounds = 5;

    /// <summary>libtorch's threads for either loop.</summary>
    public static int Threads { get; } = Math.Min(2, Environment.ProcessorCount);

    /// <summary>Writes the medians, after a round that only warms up.</summary>
    /// <param name="name">Name in the report.</param>
    /// <param name="unit">What a row is: <c>images/s</c>.</param>
    /// <param name="rowsPerRound">Rows of a round.</param>
    /// <param name="fit">Our loop.</param>
    /// <param name="byHand">The other one.</param>
    /// <param name="replicas">Copies that share our batches, each with its part of the threads.</param>
    public static void Run(string name, string unit, int rowsPerRound, FitLoop fit, HandWrittenLoop byHand, int replicas = 1)
    {
        fit.Round();
        byHand.Round();
        List<double> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(RowsPerSecond(fit.Round));
            torch.set_num_threads(Threads); // replicas leave their own number
            theirs.Add(RowsPerSecond(byHand.Round));
            torch.set_num_threads(Threads / replicas);
        }
        Report.Line(name, Report.Median(ours), Report.Median(theirs), unit);

        double RowsPerSecond(Action run)
        {
            var watch = Stopwatch.StartNew();
            run();
            return rowsPerRound / watch.Elapsed.TotalSeconds;
        }
    }
}
