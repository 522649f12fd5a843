using TorchSharp;
using TrainingService.Engine.Native;

namespace TrainingService.Engine.Tests.Training;

/// <summary>Tests that compute run one after the other, with one thread: small tensors need no more, and on a busy
/// machine two threads that wait for each other are slower than one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TrainingCollection : ICollectionFixture<TrainingCollection.Torch>
{
    public const string Name = "libtorch";

    public sealed class Torch
    {
        public Torch()
        {
            NativeTorch.EnsureLoaded();
            torch.set_num_threads(1);
        }
    }
}
