using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Preprocessings =>
    [
        new(new Rescaling(1.0 / 255, -1e-7), S(2, 3)),
        new(new Rescaling(new NumberArray(0.5, 1, 2), new NumberArray(1, 0, -1)), S(2, 4, 3)),
        new(new Normalization(), S(2, 3)),
        new(new Normalization(new KeptAxes(1), Invert: true), S(2, 3, 4)),
        new(new Normalization(new KeptAxes(-1), new NumberArray(1, 2, 3), new NumberArray(1, 4, 9)), S(2, 3)),
        new(new Normalization(new KeptAxes([]), 0.5, 2.0), S(2, 3)),
        new(new Discretization([-0.5, 0, 0.5]), S(2, 3)) { IsDifferentiable = false },
        new(new Discretization([0, 1], OutputMode: CategoryOutput.OneHot), S(2, 3)) { IsDifferentiable = false, InBfloat16 = false },
        new(new Discretization(NumBins: 4, Epsilon: 0.1), S(2, 3)) { OnTensors = false },
        new(new CategoryEncoding(5, CategoryOutput.Count), S(2, 3)) { Below = 5, IsDifferentiable = false, InBfloat16 = false },
        new(new CategoryEncoding(5, CategoryOutput.OneHot), S(2, 1)) { Below = 5, IsDifferentiable = false, InBfloat16 = false },
        new(new CategoryEncoding(5), S(2, 3)) { Below = 5, IsDifferentiable = false, InBfloat16 = false },
        new(new Hashing(3, new Token("7", IsNumber: true), new Integers([3, 4])), S(2, 3)) { Below = 9, IsDifferentiable = false, InBfloat16 = false },
        new(new Hashing(4, new Token("none", IsNumber: false), new Integers(5), CategoryOutput.MultiHot), S(2, 3)) { Below = 9, IsDifferentiable = false, InBfloat16 = false },
        new(new HashedCrossing(5, CategoryOutput.OneHot), S(2, 1), S(2, 1)) { Below = 9, IsDifferentiable = false, InBfloat16 = false },
        new(new IntegerLookup([3, 1, 2], 7, -5) { NumOovIndices = 2, OovMethod = OovMethod.Farmhash, Salt = new Integers(9) }, S(2, 3)) { Below = 9, IsDifferentiable = false, InBfloat16 = false },
        new(new IntegerLookup([3, 1, 2]) { OutputMode = CategoryOutput.TfIdf, IdfWeights = [0.1, 0.2, 0.3], MaxTokens = 9, PadToMaxTokens = true }, S(2, 3)) { Below = 9, IsDifferentiable = false, InBfloat16 = false },
        new(new StringLookup(["[UNK]", "a", "b"], OovToken: "[UNK]") { Invert = true }, S(2, 3)) { OnTensors = false },
        new(new StringLookup { MaxTokens = 100, VocabularySize = 12, OutputMode = CategoryOutput.MultiHot }, S(2, 3)) { OnTensors = false },
        new(new TextVectorization(50, TextStandardization.Lower, TextSplit.Character, new Integers(2), CategoryOutput.Count, Vocabulary: ["a", "b"]), S(2, 1)) { OnTensors = false },
        new(new TextVectorization(Standardize: null, Split: null, Ngrams: new Integers([1, 3]), OutputSequenceLength: 4, VocabularySize: 9), S(2, 3)) { OnTensors = false },
        new(new STFTSpectrogram(SpectrogramMode.Magnitude, 8, 4, 16, Padding: Padding.Same), S(2, 20, 2)),
        new(new STFTSpectrogram(SpectrogramMode.Psd, 8, ExpandDims: true, DataFormat: DataFormat.ChannelsFirst, Window: null, Scaling: null), S(2, 2, 20)),
        new(new STFTSpectrogram(SpectrogramMode.Stft, 8, Periodic: true), S(1, 16, 1)),
        new(new MelSpectrogram(16, 4, 12, MelWindow.Hamming, 100, 5, 1, 45, false, 60, 1, 1e-8, 2), S(2, 30)) { IsDifferentiable = false },
    ];
}
