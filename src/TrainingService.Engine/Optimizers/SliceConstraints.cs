using TrainingService.Engine.Constraints;
using TrainingService.Engine.Models;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>Puts weights back where their constraints allow them to be.</summary>
internal sealed class SliceConstraints : IDisposable
{
    private readonly List<(int Index, Tensor Values, Func<Tensor, Tensor> Project)> _constrained = [];

    public SliceConstraints(ParameterBuffer parameters)
    {
        using var scope = NewDisposeScope();
        for (var index = 0; index < parameters.Slices.Count; index++)
        {
            if (parameters.Slices[index] is { Weight.Constraint: { } constraint } slice)
                _constrained.Add((index, slice.View(parameters.Values).DetachFromDisposeScope(), ConstraintTable.Find(constraint)));
        }
    }

    /// <param name="untouched">Slices that were not moved.</param>
    public void Apply(IReadOnlyCollection<int> untouched)
    {
        foreach (var (index, values, project) in _constrained)
        {
            if (!untouched.Contains(index))
                values.copy_(project(values));
        }
    }

    public void Dispose() => Slices.Dispose(_constrained.Select(each => each.Values));
}
