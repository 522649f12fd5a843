using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Cells one on top of the other. Each runs over the whole sequence before the next: what a cell does at a step depends on nothing above it.</summary>
public sealed class StackedRNNCells : Cell
{
    private readonly IReadOnlyList<(Cell Cell, int States)> _cells;

    /// <summary>Builds the cells.</summary>
    public StackedRNNCells(Specs.StackedRNNCells spec, LayerContext context) : base(spec, context) =>
        _cells = [.. spec.Steps(context.InputShape).Zip(spec.Names, (step, name) => ((Cell)Sublayer(step.Cell, name, [step.Input]), step.Cell.StateShapes(step.Input).Count))];

    /// <inheritdoc />
    public override Run Run(Tensor sequence, Tensor? mask, IReadOnlyList<Tensor> states, Wanted wanted, CallContext call)
    {
        List<Tensor> last = [];
        Run run = default;
        var first = 0;
        for (var number = 0; number < _cells.Count; number++)
        {
            var (cell, count) = _cells[number];
            var top = number == _cells.Count - 1;
            run = cell.Run(sequence, mask, [.. states.Skip(first).Take(count)], top ? wanted : new Wanted { Outputs = true, States = wanted.States }, call);
            sequence = run.Outputs ?? sequence;
            last.AddRange(run.States);
            first += count;
        }
        return run with { States = last };
    }

    /// <inheritdoc />
    protected override Func<int, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Steps(Tensor sequence, CallContext call) =>
        throw new NotSupportedException("stacked cells run one after the other.");
}
