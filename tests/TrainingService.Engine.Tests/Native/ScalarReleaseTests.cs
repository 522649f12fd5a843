using System.Diagnostics;
using TorchSharp;
using TrainingService.Engine.Native;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Native;

/// <summary>Numbers in native calls, while another thread collects without pause.</summary>
public sealed class ScalarReleaseTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(3);

    [Fact]
    public void A_number_outlives_the_call_that_reads_it()
    {
        NativeTorch.EnsureLoaded();
        Assert.True(NativeTorch.KeepsScalars);
        _ = LiveTensors.Settled();
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
                GC.Collect(0);
        });
        collector.Start();
        try
        {
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < Long;)
            {
                using var scope = NewDisposeScope();
                Assert.Equal(7.5f, ones(4).mul(0.5f).add(2f).mul(3f).data<float>()[0]);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
            _ = LiveTensors.Settled();
        }
    }
}
