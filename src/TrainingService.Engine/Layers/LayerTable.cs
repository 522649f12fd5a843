using System.Collections.Concurrent;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Operations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Every layer: the record that describes it and the module that computes it.</summary>
public static class LayerTable
{
    private static readonly ConcurrentDictionary<Type, Func<LayerSpec, LayerContext, Layer>> Registered = new();

    private static readonly Dictionary<Type, Func<LayerSpec, LayerContext, Layer>> Table = new(PreprocessingTable.Modules.Concat(AugmentationTable.Modules))
    {
        [typeof(Contracts.Models.Sequential)] = (spec, context) => new ModelLayer((Contracts.Models.ModelSpec)spec, context),
        [typeof(Contracts.Models.Functional)] = (spec, context) => new ModelLayer((Contracts.Models.ModelSpec)spec, context),
        [typeof(Specs.InputLayer)] = (spec, context) => new InputLayer((Specs.InputLayer)spec, context),
        [typeof(Specs.Dense)] = (spec, context) => new Dense((Specs.Dense)spec, context),
        [typeof(Specs.Conv2D)] = (spec, context) => new Conv2D((Specs.Conv2D)spec, context),
        [typeof(Specs.MaxPooling2D)] = (spec, context) => new MaxPooling2D((Specs.MaxPooling2D)spec, context),
        [typeof(Specs.AveragePooling2D)] = (spec, context) => new AveragePooling2D((Specs.AveragePooling2D)spec, context),
        [typeof(Specs.Flatten)] = (spec, context) => new Flatten((Specs.Flatten)spec, context),
        [typeof(Specs.Reshape)] = (spec, context) => new Reshape((Specs.Reshape)spec, context),
        [typeof(Specs.Dropout)] = (spec, context) => new Dropout((Specs.Dropout)spec, context),
        [typeof(Specs.ActivationLayer)] = (spec, context) => new ActivationLayer((Specs.ActivationLayer)spec, context),
        [typeof(Specs.BatchNormalization)] = (spec, context) => new BatchNormalization((Specs.BatchNormalization)spec, context),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Adds a layer (or model) of the operator's own, for documents that name it <c>package&gt;Name</c>. Call it before the first job.</summary>
    /// <typeparam name="TSpec">The record that describes it.</typeparam>
    /// <param name="registeredName">Keras's registered name, <c>package&gt;Name</c>.</param>
    /// <param name="build">Makes the module of a record.</param>
    public static void Register<TSpec>(string registeredName, Func<TSpec, LayerContext, Layer> build) where TSpec : LayerSpec
    {
        KerasCatalog.Layers.Register(registeredName, typeof(TSpec));
        if (typeof(Contracts.Models.ModelSpec).IsAssignableFrom(typeof(TSpec)))
            KerasCatalog.Models.Register(registeredName, typeof(TSpec));
        Registered[typeof(TSpec)] = (spec, context) => build((TSpec)spec, context);
    }

    /// <summary>Builds the module of a spec.</summary>
    /// <exception cref="NotSupportedException">The table has no module for it.</exception>
    public static Layer Build(LayerSpec spec, LayerContext context) =>
        spec is Contracts.Operations.Operation operation ? new OperationLayer(operation, context)
        : Table.TryGetValue(spec.GetType(), out var build) || Registered.TryGetValue(spec.GetType(), out build) ? build(spec, context)
        : throw new NotSupportedException($"No module computes the layer {spec.GetType().Name}.");
}
