using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>One weight of a layer.</summary>
/// <param name="Name">Keras's path of the variable inside the layer: <c>kernel</c>, <c>moving_mean</c>, <c>forward_lstm/lstm_cell/kernel</c>.</param>
/// <param name="Shape">Keras's layout, without a batch axis.</param>
/// <param name="Initializer">First values.</param>
/// <param name="Trainable">False for statistics that the layer itself moves.</param>
/// <param name="Regularizer">Penalty on its values that training adds to the loss. Default: none.</param>
/// <param name="Constraint">What its values obey after every step. Default: none.</param>
public sealed record WeightSpec(
    string Name, Shape Shape, InitializerSpec Initializer, bool Trainable = true, RegularizerSpec? Regularizer = null, ConstraintSpec? Constraint = null)
{
    /// <summary>Whether a weight of this shape can be filled, penalized and constrained so.</summary>
    /// <exception cref="SpecException">It cannot; the exception names the field of the layer, such as <c>kernel_constraint</c>.</exception>
    public void Check()
    {
        Check("initializer", Initializer.CheckShape);
        if (Regularizer is not null)
            Check("regularizer", Regularizer.CheckShape);
        if (Constraint is not null)
            Check("constraint", Constraint.CheckShape);
    }

    private void Check(string part, Action<Shape> rule)
    {
        try
        {
            rule(Shape);
        }
        catch (SpecException broken)
        {
            // Keras's fields of the recurrent kernel are called recurrent_…
            throw new SpecException($"{Name}: {broken.Message}", $"{Name.Split('/')[^1].Replace("recurrent_kernel", "recurrent")}_{part}");
        }
    }
}
