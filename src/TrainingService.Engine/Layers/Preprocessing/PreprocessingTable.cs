using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Modules of the layers that prepare numbers, categories, texts and sound.</summary>
internal static class PreprocessingTable
{
    public static Dictionary<Type, Func<LayerSpec, LayerContext, Layer>> Modules { get; } = new()
    {
        [typeof(Specs.TextVectorization)] = (spec, context) => new TextVectorization((Specs.TextVectorization)spec, context),
        [typeof(Specs.Normalization)] = (spec, context) => new Normalization((Specs.Normalization)spec, context),
        [typeof(Specs.Discretization)] = (spec, context) => new Discretization((Specs.Discretization)spec, context),
        [typeof(Specs.CategoryEncoding)] = (spec, context) => new CategoryEncoding((Specs.CategoryEncoding)spec, context),
        [typeof(Specs.Hashing)] = (spec, context) => new Hashing((Specs.Hashing)spec, context),
        [typeof(Specs.HashedCrossing)] = (spec, context) => new HashedCrossing((Specs.HashedCrossing)spec, context),
        [typeof(Specs.StringLookup)] = (spec, context) => new StringLookup((Specs.StringLookup)spec, context),
        [typeof(Specs.IntegerLookup)] = (spec, context) => new IntegerLookup((Specs.IntegerLookup)spec, context),
        [typeof(Specs.Rescaling)] = (spec, context) => new Rescaling((Specs.Rescaling)spec, context),
        [typeof(Specs.STFTSpectrogram)] = (spec, context) => new STFTSpectrogram((Specs.STFTSpectrogram)spec, context),
        [typeof(Specs.MelSpectrogram)] = (spec, context) => new MelSpectrogram((Specs.MelSpectrogram)spec, context),
    };
}
