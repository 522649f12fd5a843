using System.Diagnostics;
using TorchSharp;
using TrainingService.Engine.Native;

namespace TrainingService.Benchmarks;

/// <summary>The floor of everything that starts a trainer: a .NET process that loads libtorch, computes one tensor and ends.</summary>
internal static class LibtorchStart
{
    /// <summary>Argument that turns this program into such a process.</summary>
    public const string Verb = "start-libtorch";

    public static int Compute()
    {
        NativeTorch.EnsureLoaded();
        using var ones = torch.ones(2, 2);
        using var sum = ones.sum();
        return sum.item<float>() == 4 ? 0 : 1;
    }

    /// <returns>Milliseconds from the start of the process to its end.</returns>
    public static async Task<double> MeasureAsync()
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start("dotnet", [typeof(LibtorchStart).Assembly.Location, Verb]);
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? watch.Elapsed.TotalMilliseconds
            : throw new InvalidOperationException($"{Verb} ended with code {process.ExitCode}.");
    }
}
