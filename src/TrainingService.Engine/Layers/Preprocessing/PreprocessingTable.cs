using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Modules of the layers that prepare numbers, categories, texts and sound.</summary>
internal static class PreprocessingTable
{
    public static Dictionary<Type, Func<LayerSpec, LayerContext, Layer>> Modules { get; } = new()
    {
        [typeof(Specs.TextVectorization)] = LayerTable.Of<Specs.TextVectorization>((spec, context) => new TextVectorization(spec, context)),
        [typeof(Specs.Normalization)] = LayerTable.Of<Specs.Normalization>((spec, context) => new Normalization(spec, context)),
        [typeof(Specs.Discretization)] = LayerTable.Of<Specs.Discretization>((spec, context) => new Discretization(spec, context)),
        [typeof(Specs.CategoryEncoding)] = LayerTable.Of<Specs.CategoryEncoding>((spec, context) => new CategoryEncoding(spec, context)),
        [typeof(Specs.Hashing)] = LayerTable.Of<Specs.Hashing>((spec, context) => new Hashing(spec, context)),
        [typeof(Specs.HashedCrossing)] = LayerTable.Of<Specs.HashedCrossing>((spec, context) => new HashedCrossing(spec, context)),
        [typeof(Specs.StringLookup)] = LayerTable.Of<Specs.StringLookup>((spec, context) => new StringLookup(spec, context)),
        [typeof(Specs.IntegerLookup)] = LayerTable.Of<Specs.IntegerLookup>((spec, context) => new IntegerLookup(spec, context)),
        [typeof(Specs.Rescaling)] = LayerTable.Of<Specs.Rescaling>((spec, context) => new Rescaling(spec, context)),
        [typeof(Specs.STFTSpectrogram)] = LayerTable.Of<Specs.STFTSpectrogram>((spec, context) => new STFTSpectrogram(spec, context)),
        [typeof(Specs.MelSpectrogram)] = LayerTable.Of<Specs.MelSpectrogram>((spec, context) => new MelSpectrogram(spec, context)),
    };
}
