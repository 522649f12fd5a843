using TrainingService.Contracts.Regularizers;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer with Keras's <c>activity_regularizer</c>: whoever calls the layer adds the penalty on its outputs, divided by the batch's size, to the loss.</summary>
public interface IActivityRegularized
{
    /// <summary>Penalty on the outputs; null for none.</summary>
    RegularizerSpec? ActivityRegularizer { get; }
}
