using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>What <c>model.summary()</c> shows.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="InputShape">Of the first input, with the batch axis.</param>
/// <param name="OutputShape">Of the first output, with the batch axis.</param>
/// <param name="Layers">In order; as in Keras, a Sequential's InputLayer and the operations of a Functional are left out.</param>
/// <param name="TotalParams">All weights' elements.</param>
/// <param name="TrainableParams">Those that are trained.</param>
/// <param name="NonTrainableParams">Those that are not.</param>
/// <param name="Inputs">Every input.</param>
/// <param name="Outputs">Every output.</param>
public sealed record ModelSummary(
    string Name, Shape InputShape, Shape OutputShape, IReadOnlyList<LayerSummary> Layers,
    long TotalParams, long TrainableParams, long NonTrainableParams, IReadOnlyList<ModelTensor>? Inputs = null, IReadOnlyList<ModelTensor>? Outputs = null);

/// <summary>One row of the summary.</summary>
/// <param name="Name">Name within the model.</param>
/// <param name="ClassName">Keras's class name.</param>
/// <param name="OutputShape">Of its first output, with the batch axis.</param>
/// <param name="Params">Elements of its weights.</param>
/// <param name="WeightShapes">Shapes of its weights in Keras's order and layout.</param>
/// <param name="OutputShapes">Every output's shape where there are several.</param>
public sealed record LayerSummary(
    string Name, string ClassName, Shape OutputShape, long Params, IReadOnlyList<Shape> WeightShapes, IReadOnlyList<Shape>? OutputShapes = null);

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
