using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>What <c>model.summary()</c> shows.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="InputShape">With the batch axis.</param>
/// <param name="OutputShape">With the batch axis.</param>
/// <param name="Layers">In order; an InputLayer is left out, as Keras does.</param>
/// <param name="TotalParams">All weights' elements.</param>
/// <param name="TrainableParams">Those that are trained.</param>
/// <param name="NonTrainableParams">Those that are not.</param>
public sealed record ModelSummary(
    string Name, Shape InputShape, Shape OutputShape, IReadOnlyList<LayerSummary> Layers,
    long TotalParams, long TrainableParams, long NonTrainableParams);

/// <summary>One row of the summary.</summary>
/// <param name="Name">Name within the model.</param>
/// <param name="ClassName">Keras's class name.</param>
/// <param name="OutputShape">With the batch axis.</param>
/// <param name="Params">Elements of its weights.</param>
/// <param name="WeightShapes">Shapes of its weights in Keras's order and layout.</param>
public sealed record LayerSummary(string Name, string ClassName, Shape OutputShape, long Params, IReadOnlyList<Shape> WeightShapes);

/// <summary>Bytes that training will need, at least.</summary>
/// <param name="ParametersBytes">Weights.</param>
/// <param name="GradientsBytes">One gradient per trained weight.</param>
/// <param name="OptimizerBytes">The optimizer's slots.</param>
/// <param name="ActivationsBytes">Outputs of all layers for one batch, kept for the backward pass.</param>
/// <param name="DataBytes">Data set as the pipeline caches it, plus the batches in flight.</param>
/// <param name="TotalBytes">Their sum.</param>
public sealed record MemoryEstimate(
    long ParametersBytes, long GradientsBytes, long OptimizerBytes, long ActivationsBytes, long DataBytes, long TotalBytes)
{
    /// <summary>A job that needs more is refused: 8 GiB, what a worker of the smallest recommended size has left for one run.</summary>
    public const long LimitBytes = 8L << 30;
}
