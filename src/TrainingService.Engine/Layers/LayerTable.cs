using System.Collections.Concurrent;
using System.Reflection;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Operations;
using Builder = System.Func<TrainingService.Contracts.Layers.LayerSpec, TrainingService.Engine.Layers.LayerContext, TrainingService.Engine.Layers.Layer>;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Every layer: the record that describes it and the module that computes it.</summary>
public static class LayerTable
{
    private static readonly ConcurrentDictionary<Type, (MemberInfo Module, Builder Build)> Registered = new();

    private static readonly Dictionary<Type, Builder> Table = new(PreprocessingTable.Modules.Concat(AugmentationTable.Modules))
    {
        // Models
        [typeof(Contracts.Models.Sequential)] = Of<Contracts.Models.ModelSpec>((spec, context) => new ModelLayer(spec, context)),
        [typeof(Contracts.Models.Functional)] = Of<Contracts.Models.ModelSpec>((spec, context) => new ModelLayer(spec, context)),

        // Core
        [typeof(Specs.InputLayer)] = Of<Specs.InputLayer>((spec, context) => new InputLayer(spec, context)),
        [typeof(Specs.Dense)] = Of<Specs.Dense>((spec, context) => new Dense(spec, context)),
        [typeof(Specs.EinsumDense)] = Of<Specs.EinsumDense>((spec, context) => new EinsumDense(spec, context)),
        [typeof(Specs.TernaryDense)] = Of<Specs.TernaryDense>((spec, context) => new TernaryDense(spec, context)),
        [typeof(Specs.Identity)] = Of<Specs.Identity>((spec, context) => new Identity(spec, context)),
        [typeof(Specs.LayerPipeline)] = Of<Specs.LayerPipeline>((spec, context) => new LayerPipeline(spec, context)),

        // Activations
        [typeof(Specs.ActivationLayer)] = Of<Specs.ActivationLayer>((spec, context) => new ActivationLayer(spec, context)),
        [typeof(Specs.ReLU)] = Of<Specs.ReLU>((spec, context) => new ReLU(spec, context)),
        [typeof(Specs.LeakyReLU)] = Of<Specs.LeakyReLU>((spec, context) => new LeakyReLU(spec, context)),
        [typeof(Specs.PReLU)] = Of<Specs.PReLU>((spec, context) => new PReLU(spec, context)),
        [typeof(Specs.ELU)] = Of<Specs.ELU>((spec, context) => new ELU(spec, context)),
        [typeof(Specs.Softmax)] = Of<Specs.Softmax>((spec, context) => new Softmax(spec, context)),

        // Convolution
        [typeof(Specs.Conv1D)] = Convolution,
        [typeof(Specs.Conv2D)] = Convolution,
        [typeof(Specs.Conv3D)] = Convolution,
        [typeof(Specs.Conv1DTranspose)] = TransposedConvolution,
        [typeof(Specs.Conv2DTranspose)] = TransposedConvolution,
        [typeof(Specs.Conv3DTranspose)] = TransposedConvolution,
        [typeof(Specs.DepthwiseConv1D)] = Of<Specs.DepthwiseConv>((spec, context) => new DepthwiseConv(spec, context)),
        [typeof(Specs.DepthwiseConv2D)] = Of<Specs.DepthwiseConv>((spec, context) => new DepthwiseConv(spec, context)),
        [typeof(Specs.SeparableConv1D)] = Of<Specs.SeparableConv>((spec, context) => new SeparableConv(spec, context)),
        [typeof(Specs.SeparableConv2D)] = Of<Specs.SeparableConv>((spec, context) => new SeparableConv(spec, context)),

        // Pooling
        [typeof(Specs.MaxPooling1D)] = Largest,
        [typeof(Specs.MaxPooling2D)] = Largest,
        [typeof(Specs.MaxPooling3D)] = Largest,
        [typeof(Specs.AveragePooling1D)] = Mean,
        [typeof(Specs.AveragePooling2D)] = Mean,
        [typeof(Specs.AveragePooling3D)] = Mean,
        [typeof(Specs.GlobalMaxPooling1D)] = LargestOfAll,
        [typeof(Specs.GlobalMaxPooling2D)] = LargestOfAll,
        [typeof(Specs.GlobalMaxPooling3D)] = LargestOfAll,
        [typeof(Specs.GlobalAveragePooling1D)] = MeanOfAll,
        [typeof(Specs.GlobalAveragePooling2D)] = MeanOfAll,
        [typeof(Specs.GlobalAveragePooling3D)] = MeanOfAll,
        [typeof(Specs.AdaptiveMaxPooling1D)] = LargestOfParts,
        [typeof(Specs.AdaptiveMaxPooling2D)] = LargestOfParts,
        [typeof(Specs.AdaptiveMaxPooling3D)] = LargestOfParts,
        [typeof(Specs.AdaptiveAveragePooling1D)] = MeanOfParts,
        [typeof(Specs.AdaptiveAveragePooling2D)] = MeanOfParts,
        [typeof(Specs.AdaptiveAveragePooling3D)] = MeanOfParts,

        // Reshaping
        [typeof(Specs.Reshape)] = Of<Specs.Reshape>((spec, context) => new Reshape(spec, context)),
        [typeof(Specs.Flatten)] = Of<Specs.Flatten>((spec, context) => new Flatten(spec, context)),
        [typeof(Specs.Permute)] = Of<Specs.Permute>((spec, context) => new Permute(spec, context)),
        [typeof(Specs.RepeatVector)] = Of<Specs.RepeatVector>((spec, context) => new RepeatVector(spec, context)),
        [typeof(Specs.Cropping1D)] = Cropped,
        [typeof(Specs.Cropping2D)] = Cropped,
        [typeof(Specs.Cropping3D)] = Cropped,
        [typeof(Specs.ZeroPadding1D)] = Padded,
        [typeof(Specs.ZeroPadding2D)] = Padded,
        [typeof(Specs.ZeroPadding3D)] = Padded,
        [typeof(Specs.UpSampling1D)] = Of<Specs.UpSampling1D>((spec, context) => new UpSampling(spec, context)),
        [typeof(Specs.UpSampling2D)] = Of<Specs.UpSampling2D>((spec, context) => new UpSampling(spec, context)),
        [typeof(Specs.UpSampling3D)] = Of<Specs.UpSampling3D>((spec, context) => new UpSampling(spec, context)),

        // Merging
        [typeof(Specs.Add)] = Of<Specs.Add>((spec, context) => new Sum(spec, context)),
        [typeof(Specs.Subtract)] = Of<Specs.Subtract>((spec, context) => new Sum(spec, context)),
        [typeof(Specs.Multiply)] = Of<Specs.Multiply>((spec, context) => new Multiply(spec, context)),
        [typeof(Specs.Average)] = Of<Specs.Average>((spec, context) => new Sum(spec, context)),
        [typeof(Specs.Maximum)] = Of<Specs.Maximum>((spec, context) => new Extremum(spec, context)),
        [typeof(Specs.Minimum)] = Of<Specs.Minimum>((spec, context) => new Extremum(spec, context)),
        [typeof(Specs.Concatenate)] = Of<Specs.Concatenate>((spec, context) => new Concatenate(spec, context)),
        [typeof(Specs.Dot)] = Of<Specs.Dot>((spec, context) => new Dot(spec, context)),

        // Normalization
        [typeof(Specs.BatchNormalization)] = Of<Specs.BatchNormalization>((spec, context) => new BatchNormalization(spec, context)),
        [typeof(Specs.LayerNormalization)] = Of<Specs.LayerNormalization>((spec, context) => new LayerNormalization(spec, context)),
        [typeof(Specs.GroupNormalization)] = Of<Specs.GroupNormalization>((spec, context) => new GroupNormalization(spec, context)),
        [typeof(Specs.RMSNormalization)] = Of<Specs.RMSNormalization>((spec, context) => new RMSNormalization(spec, context)),
        [typeof(Specs.UnitNormalization)] = Of<Specs.UnitNormalization>((spec, context) => new UnitNormalization(spec, context)),
        [typeof(Specs.SpectralNormalization)] = Of<Specs.SpectralNormalization>((spec, context) => new SpectralNormalization(spec, context)),

        // Regularization
        [typeof(Specs.Dropout)] = Of<Specs.Dropout>((spec, context) => new Dropout(spec, context)),
        [typeof(Specs.SpatialDropout1D)] = DroppedChannels,
        [typeof(Specs.SpatialDropout2D)] = DroppedChannels,
        [typeof(Specs.SpatialDropout3D)] = DroppedChannels,
        [typeof(Specs.AlphaDropout)] = Of<Specs.AlphaDropout>((spec, context) => new AlphaDropout(spec, context)),
        [typeof(Specs.GaussianDropout)] = Of<Specs.GaussianDropout>((spec, context) => new GaussianDropout(spec, context)),
        [typeof(Specs.GaussianNoise)] = Of<Specs.GaussianNoise>((spec, context) => new GaussianNoise(spec, context)),
        [typeof(Specs.ActivityRegularization)] = Of<Specs.ActivityRegularization>((spec, context) => new ActivityRegularization(spec, context)),

        // Embedding and masking
        [typeof(Specs.Embedding)] = Of<Specs.Embedding>((spec, context) => new Embedding(spec, context)),
        [typeof(Specs.ReversibleEmbedding)] = Of<Specs.ReversibleEmbedding>((spec, context) => new ReversibleEmbedding(spec, context)),
        [typeof(Specs.Masking)] = Of<Specs.Masking>((spec, context) => new Masking(spec, context)),

        // Recurrent
        [typeof(Specs.SimpleRNN)] = Sequences,
        [typeof(Specs.LSTM)] = Sequences,
        [typeof(Specs.GRU)] = Sequences,
        [typeof(Specs.RNN)] = Sequences,
        [typeof(Specs.ConvLSTM1D)] = Sequences,
        [typeof(Specs.ConvLSTM2D)] = Sequences,
        [typeof(Specs.ConvLSTM3D)] = Sequences,
        [typeof(Specs.Bidirectional)] = Of<Specs.Bidirectional>((spec, context) => new Bidirectional(spec, context)),
        [typeof(Specs.TimeDistributed)] = Of<Specs.TimeDistributed>((spec, context) => new TimeDistributed(spec, context)),
        [typeof(Specs.SimpleRNNCell)] = Of<Specs.SimpleRNNCell>((spec, context) => new SimpleRNNCell(spec, context)),
        [typeof(Specs.LSTMCell)] = Of<Specs.LSTMCell>((spec, context) => new LSTMCell(spec, context)),
        [typeof(Specs.GRUCell)] = Of<Specs.GRUCell>((spec, context) => new GRUCell(spec, context)),
        [typeof(Specs.StackedRNNCells)] = Of<Specs.StackedRNNCells>((spec, context) => new StackedRNNCells(spec, context)),

        // Attention
        [typeof(Specs.MultiHeadAttention)] = Of<Specs.MultiHeadAttention>((spec, context) => new MultiHeadAttention(spec, context)),
        [typeof(Specs.GroupQueryAttention)] = Of<Specs.GroupQueryAttention>((spec, context) => new GroupQueryAttention(spec, context)),
        [typeof(Specs.Attention)] = Of<Specs.Attention>((spec, context) => new Attention(spec, context)),
        [typeof(Specs.AdditiveAttention)] = Of<Specs.AdditiveAttention>((spec, context) => new AdditiveAttention(spec, context)),

        // Written down by the user
        [typeof(Specs.ExpressionLayer)] = Of<Specs.ExpressionLayer>((spec, context) => new ExpressionLayer(spec, context)),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    // What one module computes for one, two and three spatial axes.
    private static Builder Convolution => Of<Specs.Conv>((spec, context) => new Conv(spec, context));
    private static Builder TransposedConvolution => Of<Specs.ConvTranspose>((spec, context) => new ConvTranspose(spec, context));
    private static Builder Largest => Of<Specs.MaxPooling>((spec, context) => new MaxPooling(spec, context));
    private static Builder Mean => Of<Specs.AveragePooling>((spec, context) => new AveragePooling(spec, context));
    private static Builder LargestOfAll => Of<Specs.GlobalMaxPooling>((spec, context) => new GlobalMaxPooling(spec, context));
    private static Builder MeanOfAll => Of<Specs.GlobalAveragePooling>((spec, context) => new GlobalAveragePooling(spec, context));
    private static Builder LargestOfParts => Of<Specs.AdaptiveMaxPooling>((spec, context) => new AdaptiveMaxPooling(spec, context));
    private static Builder MeanOfParts => Of<Specs.AdaptiveAveragePooling>((spec, context) => new AdaptiveAveragePooling(spec, context));
    private static Builder Cropped => Of<Specs.CroppingLayer>((spec, context) => new Cropping(spec, context));
    private static Builder Padded => Of<Specs.ZeroPaddingLayer>((spec, context) => new ZeroPadding(spec, context));
    private static Builder Sequences => Of<Specs.RecurrentSpec>((spec, context) => new Recurrent(spec, context));
    private static Builder DroppedChannels => Of<Specs.SpatialDropout>((spec, context) => new SpatialDropout(spec, context));

    /// <summary>Adds a layer (or model) of the operator's own, for documents that name it <c>package&gt;Name</c>. Call it before the first job.</summary>
    /// <typeparam name="TSpec">The record that describes it.</typeparam>
    /// <param name="registeredName">Keras's registered name, <c>package&gt;Name</c>.</param>
    /// <param name="build">Makes the module of a record.</param>
    public static void Register<TSpec>(string registeredName, Func<TSpec, LayerContext, Layer> build) where TSpec : LayerSpec
    {
        SpecExtensions.Register(registeredName, typeof(TSpec));
        Registered[typeof(TSpec)] = (build.Method, Of(build));
    }

    /// <summary>Adds the module of a record that is registered already.</summary>
    /// <exception cref="ExtensionException">Another module computes it.</exception>
    internal static void Register(Type spec, Type module, Builder build)
    {
        if (Registered.GetOrAdd(spec, (module, build)).Module != module)
            throw new ExtensionException($"expected one module for {spec.FullName}. Received: {module.FullName}, and another one before.");
    }

    /// <summary>Whether a module computes this record.</summary>
    public static bool Computes(Type spec) => Table.ContainsKey(spec) || Registered.ContainsKey(spec);

    /// <summary>Builds the module of a spec.</summary>
    /// <exception cref="NotSupportedException">The table has no module for it.</exception>
    public static Layer Build(LayerSpec spec, LayerContext context) =>
        spec is Contracts.Operations.Operation operation ? new OperationLayer(operation, context)
        : Table.TryGetValue(spec.GetType(), out var build) ? build(spec, context)
        : Registered.TryGetValue(spec.GetType(), out var own) ? own.Build(spec, context)
        : throw new NotSupportedException($"No module computes the layer {spec.GetType().Name}.");

    internal static Builder Of<T>(Func<T, LayerContext, Layer> build) where T : LayerSpec => (spec, context) => build((T)spec, context);
}
