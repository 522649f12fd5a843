using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Regularizers;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Sequences =>
    [
        new(new Embedding(5, 3) { MaskZero = true }, S(2, 4)) { Below = 5 },
        new(new ReversibleEmbedding(5, 3, LogitSoftCap: 2), S(2, 4)) { Below = 5 },
        new(new Masking(0.5), S(2, 3, 2)),
        new(new SimpleRNN(3) { ReturnSequences = true, GoBackwards = true }, S(2, 4, 2)),
        new(new LSTM(3, false) { ReturnState = true, KernelRegularizer = new L2(0.1) }, S(2, 4, 2)),
        new(new LSTM(2) { RecurrentActivation = Activation.HardSigmoid, ReturnSequences = true }, S(2, 3, 2)),
        new(new GRU(3), S(2, 4, 2)),
        new(new GRU(2, false) { ReturnSequences = true, UseBias = false }, S(2, 3, 2)),
        new(new RNN(new StackedRNNCells([new SimpleRNNCell(2), new LSTMCell(3)])) { ReturnSequences = true }, S(2, 3, 2)),
        new(new Bidirectional(new LSTM(2) { ReturnSequences = true }, MergeMode.Ave), S(2, 3, 2)),
        new(new Bidirectional(new GRU(2)), S(2, 3, 2)),
        new(new TimeDistributed(new Dense(3, Activation.Tanh)), S(2, 3, 4)),
        new(new SimpleRNNCell(3), S(2, 4), S(2, 3)),
        new(new LSTMCell(3, false), S(2, 4), S(2, 3), S(2, 3)),
        new(new GRUCell(3, false), S(2, 4), S(2, 3)),
        new(new StackedRNNCells([new GRUCell(2), new SimpleRNNCell(3)]), S(2, 4), S(2, 2), S(2, 3)),
        new(new MultiHeadAttention(2, 3, 2) { UseGate = true }, S(2, 3, 4)) { Named = [("value", S(2, 5, 4))] },
        new(new MultiHeadAttention(2, 3) { SlidingWindow = 2, UseBias = false }, S(2, 3, 4)) { Named = [("value", S(2, 3, 4)), ("key", S(2, 3, 4))] },
        new(new GroupQueryAttention(3, 4, 2), S(2, 3, 4)) { Named = [("value", S(2, 5, 4))] },
        new(new Attention(true, ScoreMode.Concat), S(2, 3, 4), S(2, 5, 4)),
        new(new Attention { Dropout = 0.1 }, S(2, 3, 4), S(2, 5, 4), S(2, 5, 4)),
        new(new AdditiveAttention(), S(2, 3, 4), S(2, 5, 4)),
    ];
}
