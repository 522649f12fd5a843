using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Every layer: the record that describes it and the module that computes it.</summary>
public static class LayerTable
{
    private static readonly Dictionary<Type, Func<LayerSpec, LayerContext, Layer>> Table = new()
    {
        [typeof(Specs.InputLayer)] = (spec, context) => new InputLayer((Specs.InputLayer)spec, context),
        [typeof(Specs.Dense)] = (spec, context) => new Dense((Specs.Dense)spec, context),
        [typeof(Specs.Conv2D)] = (spec, context) => new Conv2D((Specs.Conv2D)spec, context),
        [typeof(Specs.MaxPooling2D)] = (spec, context) => new MaxPooling2D((Specs.MaxPooling2D)spec, context),
        [typeof(Specs.AveragePooling2D)] = (spec, context) => new AveragePooling2D((Specs.AveragePooling2D)spec, context),
        [typeof(Specs.Flatten)] = (spec, context) => new Flatten((Specs.Flatten)spec, context),
        [typeof(Specs.Reshape)] = (spec, context) => new Reshape((Specs.Reshape)spec, context),
        [typeof(Specs.Rescaling)] = (spec, context) => new Rescaling((Specs.Rescaling)spec, context),
        [typeof(Specs.Dropout)] = (spec, context) => new Dropout((Specs.Dropout)spec, context),
        [typeof(Specs.ActivationLayer)] = (spec, context) => new ActivationLayer((Specs.ActivationLayer)spec, context),
        [typeof(Specs.BatchNormalization)] = (spec, context) => new BatchNormalization((Specs.BatchNormalization)spec, context),
        [typeof(Specs.Embedding)] = (spec, context) => new Embedding((Specs.Embedding)spec, context),
        [typeof(Specs.ReversibleEmbedding)] = (spec, context) => new ReversibleEmbedding((Specs.ReversibleEmbedding)spec, context),
        [typeof(Specs.Masking)] = (spec, context) => new Masking((Specs.Masking)spec, context),
        [typeof(Specs.SimpleRNN)] = (spec, context) => new Recurrent((Specs.SimpleRNN)spec, context),
        [typeof(Specs.LSTM)] = (spec, context) => new Recurrent((Specs.LSTM)spec, context),
        [typeof(Specs.GRU)] = (spec, context) => new Recurrent((Specs.GRU)spec, context),
        [typeof(Specs.RNN)] = (spec, context) => new Recurrent((Specs.RNN)spec, context),
        [typeof(Specs.Bidirectional)] = (spec, context) => new Bidirectional((Specs.Bidirectional)spec, context),
        [typeof(Specs.TimeDistributed)] = (spec, context) => new TimeDistributed((Specs.TimeDistributed)spec, context),
        [typeof(Specs.SimpleRNNCell)] = (spec, context) => new SimpleRNNCell((Specs.SimpleRNNCell)spec, context),
        [typeof(Specs.LSTMCell)] = (spec, context) => new LSTMCell((Specs.LSTMCell)spec, context),
        [typeof(Specs.GRUCell)] = (spec, context) => new GRUCell((Specs.GRUCell)spec, context),
        [typeof(Specs.StackedRNNCells)] = (spec, context) => new StackedRNNCells((Specs.StackedRNNCells)spec, context),
        [typeof(Specs.MultiHeadAttention)] = (spec, context) => new MultiHeadAttention((Specs.MultiHeadAttention)spec, context),
        [typeof(Specs.GroupQueryAttention)] = (spec, context) => new GroupQueryAttention((Specs.GroupQueryAttention)spec, context),
        [typeof(Specs.Attention)] = (spec, context) => new Attention((Specs.Attention)spec, context),
        [typeof(Specs.AdditiveAttention)] = (spec, context) => new AdditiveAttention((Specs.AdditiveAttention)spec, context),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Builds the module of a spec.</summary>
    /// <exception cref="NotSupportedException">The table has no module for it.</exception>
    public static Layer Build(LayerSpec spec, LayerContext context) =>
        Table.TryGetValue(spec.GetType(), out var build)
            ? build(spec, context)
            : throw new NotSupportedException($"No module computes the layer {spec.GetType().Name}.");
}
