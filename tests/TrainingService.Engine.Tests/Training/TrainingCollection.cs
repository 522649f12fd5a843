using TorchSharp;
using TrainingService.Engine.Native;

namespace TrainingService.Engine.Tests.Training;

/// <summary>Tests that compute run one after the other, with two threads at most: libtorch's thread pool is shared by the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TrainingCollection : ICollectionFixture<TrainingCollection.Torch>
{
    public const string Name = "libtorch";

    public sealed class Torch
    {
        public Torch()
        {
            NativeTorch.EnsureLoaded();
            torch.set_num_threads(Math.Min(2, Environment.ProcessorCount));
        }
    }
}
