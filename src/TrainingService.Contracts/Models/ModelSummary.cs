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
