using TorchSharp;

namespace TrainingService.Engine.Tests;

/// <summary>Tensors that are alive in this process.</summary>
internal static class LiveTensors
{
    /// <summary>How many, after a collection: what other tests left to the collector must not disappear while one counts.</summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
