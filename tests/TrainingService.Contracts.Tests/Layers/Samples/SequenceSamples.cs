using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Regularizers;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Tables =>
    [
        new(new Embedding(7, 3) { MaskZero = true, EmbeddingsInitializer = new HeNormal(3), EmbeddingsRegularizer = new L2(0.1) }, S(2, 4)) { Below = 7 },
        new(new Embedding(7, 3) { LoraRank = 2, LoraAlpha = 3, EmbeddingsRegularizer = new L1(0.1) }, S(2, 4)) { Below = 7 },
        new(new Embedding(5, 2) { EmbeddingsConstraint = new UnitNorm(), ActivityRegularizer = new L2(0.1) }, S(2, 3, 2)) { Below = 5 },
        new(new ReversibleEmbedding(7, 3, TieWeights: false), S(2, 4)) { Below = 7 },
        new(new ReversibleEmbedding(7, 3, LogitSoftCap: 2) { MaskZero = true }, S(2, 4, 3)) { Plain = [("reverse", true)] },
        new(new ReversibleEmbedding(7, 3, TieWeights: false) { LoraRank = 1 }, S(2, 3)) { Plain = [("reverse", true)] },
        new(new Masking(0.5), S(2, 3, 4)),
    ];

    private static LayerSample[] Sequences =>
    [
        new(new SimpleRNN(3), S(2, 4, 2)),
        new(new SimpleRNN(3) { Activation = Activation.Softplus, UseBias = false, ReturnSequences = true, GoBackwards = true, Dropout = 0.1, RecurrentDropout = 0.1, Seed = 5 }, S(2, 4, 2)),
        new(new LSTM(3) { ReturnSequences = true, ReturnState = true, KernelRegularizer = new L2(0.1), RecurrentConstraint = new MaxNorm(3) }, S(2, 4, 2)),
        new(new LSTM(3, UnitForgetBias: false) { RecurrentActivation = Activation.HardSilu, Activation = Activation.Elu, GoBackwards = true, ReturnState = true }, S(2, 4, 2)),
        new(new LSTM(2) { UseBias = false, Unroll = true, Dropout = 0.01, Implementation = 1, BiasInitializer = new Constant(0.1) }, S(2, 3, 4)),
        new(new LSTM(2) { RecurrentInitializer = new Orthogonal(0.5), ZeroOutputForMask = true, ActivityRegularizer = new L1(0.1), RecurrentDropout = 0.1 }, S(2, 3, 2), S(2, 2), S(2, 2)),
        new(new GRU(3) { ReturnSequences = true, BiasRegularizer = new L1(0.1), RecurrentRegularizer = new L2(0.1), BiasConstraint = new NonNeg() }, S(2, 4, 2)),
        new(new GRU(3, ResetAfter: false) { GoBackwards = true, ReturnState = true, KernelConstraint = new NonNeg() }, S(2, 4, 2)),
        new(new GRU(3, ResetAfter: true) { Activation = Activation.Sigmoid, UseBias = false, Dropout = 0.01, RecurrentDropout = 0.01 }, S(2, 4, 2)) { Named = [("initial_state", S(2, 3))] },
        new(new SimpleRNNCell(3) { Activation = Activation.Sigmoid }, S(2, 4)) { Named = [("states", S(2, 3))] },
        new(new LSTMCell(3, UnitForgetBias: false) { Dropout = 0.1 }, S(2, 4)),
        new(new GRUCell(3, ResetAfter: false) { RecurrentActivation = Activation.HardSigmoid }, S(2, 4)),
        new(new StackedRNNCells([new LSTMCell(3), new GRUCell(2) { Name = "upper" }]), S(2, 4)),
        new(new RNN(new GRUCell(3) { Name = "cell" }) { ReturnState = true }, S(2, 4, 2)),
        new(new RNN(new StackedRNNCells([new SimpleRNNCell(3), new SimpleRNNCell(2), new LSTMCell(2)])) { ReturnSequences = true, ReturnState = true }, S(2, 4, 2)),
        new(new Bidirectional(new LSTM(2) { ReturnSequences = true }, MergeMode.Sum), S(2, 4, 3)),
        new(new Bidirectional(new LSTM(2) { ReturnState = true }, null), S(2, 4, 3)),
        new(new Bidirectional(new GRU(2) { Name = "ahead" }, MergeMode.Concat, new LSTM(3) { GoBackwards = true }), S(2, 4, 3)),
        new(new Bidirectional(new SimpleRNN(2) { ReturnSequences = true }, MergeMode.Mul), S(2, 4, 3)),
        new(new Bidirectional(new GRU(2), MergeMode.Ave), S(2, 4, 3)),
        new(new TimeDistributed(new Dense(3, Activation.Tanh)), S(2, 4, 2)),
        new(new TimeDistributed(new Conv2D(2, [2, 2])), S(2, 3, 4, 4, 2)),
        new(new ConvLSTM1D(2, [2]) { ReturnSequences = true, Strides = [2] }, S(2, 3, 5, 2)),
        new(new ConvLSTM2D(2, [2, 3]) { Padding = Padding.Same, DataFormat = DataFormat.ChannelsFirst, ReturnState = true, RecurrentDropout = 0.1 }, S(2, 2, 2, 3, 4)),
        new(new ConvLSTM2D(2, [2, 2]) { DilationRate = [2, 1], GoBackwards = true, UnitForgetBias = false, Activation = Activation.Sigmoid, Dropout = 0.1 }, S(2, 2, 4, 4, 1)),
        new(new ConvLSTM3D(1, [2, 2, 2]) { UseBias = false }, S(2, 2, 3, 3, 3, 1)),
    ];

    private static LayerSample[] Attentions =>
    [
        new(new Attention(true) { Dropout = 0.1, Seed = 5 }, S(2, 3, 4), S(2, 5, 4)),
        new(new Attention(true, ScoreMode.Concat), S(2, 3, 4), S(2, 5, 2), S(2, 5, 4)) { Plain = [("return_attention_scores", true)] },
        new(new Attention(), S(2, 2, 3, 4), S(2, 2, 5, 4)) { Plain = [("use_causal_mask", true)] },
        new(new AdditiveAttention(), S(2, 3, 4), S(2, 5, 4)),
        new(new AdditiveAttention(false), S(2, 3, 4), S(2, 5, 4)) { Plain = [("use_causal_mask", true)] },
        new(new MultiHeadAttention(2, 3) { KernelRegularizer = new L2(0.1), BiasInitializer = new Constant(0.1) }, S(2, 3, 4)) { Named = [("value", S(2, 5, 4))] },
        new(new MultiHeadAttention(2, 3, 2, [3, 2]) { UseGate = true, SlidingWindow = 2, ActivityRegularizer = new L2(0.1) }, S(2, 3, 4))
        {
            Named = [("value", S(2, 5, 4)), ("key", S(2, 5, 3))],
            Plain = [("return_attention_scores", true)],
        },
        new(new MultiHeadAttention(2, 2, AttentionAxes: [-2]) { UseBias = false, Dropout = 0.1 }, S(2, 2, 3, 4)) { Named = [("value", S(2, 2, 3, 4))], Plain = [("return_attention_scores", true)] },
        new(new MultiHeadAttention(1, 2), S(2, 2, 2, 3)) { Named = [("value", S(2, 2, 3, 3))] },
        new(new GroupQueryAttention(2, 4, 2) { KernelConstraint = new NonNeg() }, S(2, 3, 4)) { Named = [("value", S(2, 5, 4))], Plain = [("use_causal_mask", true)] },
        new(new GroupQueryAttention(2, 2, 1) { UseGate = true, UseBias = false, Dropout = 0.1 }, S(2, 3, 4)) { Named = [("value", S(2, 3, 4))], Plain = [("return_attention_scores", true)] },
    ];
}
