using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>One step of <see cref="SimpleRNN"/>: <c>h' = activation(x·W + h·U + b)</c>.</summary>
/// <param name="Units">Size of the output and of the state.</param>
/// <remarks>Input <c>(batch, in)</c> and state <c>(batch, units)</c> → output and state <c>(batch, units)</c>.</remarks>
[Ignores("implementation")]
public sealed record SimpleRNNCell([Range(1, int.MaxValue)] int Units) : UnitsCell(Units, gates: 1)
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> StateShapes(Shape step) => [new Shape(step[0], Units)];
}

/// <summary>A cell with gates, which open and close by an activation of their own.</summary>
public abstract record GatedCell : UnitsCell
{
    /// <summary>A cell of so many units and gates.</summary>
    protected GatedCell(int units, int gates) : base(units, gates)
    {
    }

    /// <summary>Applied to the gates. Default: sigmoid.</summary>
    public Activation RecurrentActivation { get; init; } = Activation.Sigmoid;

    /// <summary>
    /// 1 draws a dropout mask for each gate, another value (Keras's default is 2) one for all; with recurrent dropout it is always one for each.
    /// </summary>
    [Range(0, 2)]
    [OmittedWhenNull]
    public int? Implementation { get; init; }

    private protected override void CheckActivations()
    {
        base.CheckActivations();
        KeepsUnits(RecurrentActivation, "recurrent_activation");
    }
}

/// <summary>
/// One step of <see cref="LSTM"/>: <c>c' = f·c + i·activation(x·W_c + h·U_c + b_c)</c>, <c>h' = o·activation(c')</c>, with gates
/// <c>i, f, o = recurrent_activation(x·W + h·U + b)</c> (Hochreiter and Schmidhuber, 1997). Weights in the order i, f, c, o.
/// </summary>
/// <param name="Units">Size of the output and of both states, h and c.</param>
/// <param name="UnitForgetBias">Whether the bias of the forget gate begins at 1. Default: true.</param>
/// <remarks>Input <c>(batch, in)</c> and states <c>(batch, units)</c> twice → output and both states.</remarks>
public sealed record LSTMCell([Range(1, int.MaxValue)] int Units, bool UnitForgetBias = true) : GatedCell(Units, gates: 4)
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> StateShapes(Shape step) => [new Shape(step[0], Units), new Shape(step[0], Units)];
}

/// <summary>
/// One step of <see cref="GRU"/>: <c>h' = z·h + (1 - z)·activation(x·W_h + r·(h·U_h + b'_h) + b_h)</c> with gates
/// <c>z, r = recurrent_activation(x·W + h·U + b)</c> (Cho et al., 2014). Weights in the order z, r, h.
/// </summary>
/// <param name="Units">Size of the output and of the state.</param>
/// <param name="ResetAfter">
/// Whether r multiplies after the product with <c>U_h</c>, with a second bias <c>b'</c>, or before it. Default: true; false in models of
/// Keras before 2.1.3, which have no such field.
/// </param>
/// <remarks>Input <c>(batch, in)</c> and state <c>(batch, units)</c> → output and state <c>(batch, units)</c>.</remarks>
public sealed record GRUCell([Range(1, int.MaxValue)] int Units, bool? ResetAfter = null) : GatedCell(Units, gates: 3)
{
    /// <summary>Whether r multiplies after the product, the default filled in.</summary>
    public bool ResetsAfter => GRU.ResetsAfter(ResetAfter, Implementation);

    internal override Shape BiasShape => ResetsAfter ? new Shape(2, (long)Units * Gates) : base.BiasShape;

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ResetAfter = ResetsAfter };

    /// <inheritdoc />
    public override IReadOnlyList<Shape> StateShapes(Shape step) => [new Shape(step[0], Units)];
}

/// <summary>Cells one on top of the other, as one cell: the output of each is the input of the next.</summary>
/// <param name="Cells">From the lowest; at least one.</param>
/// <remarks>Input <c>(batch, in)</c> → the last cell's output; the states of all cells, in order.</remarks>
public sealed record StackedRNNCells([MaxLength(1_000)] IReadOnlyList<CellSpec> Cells) : CellSpec
{
    /// <summary>Names of the cells in the paths of their weights: their own, or Keras's automatic ones.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var taken = Cells.Select(cell => cell.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
            return [.. Cells.Select(cell => cell.Name ?? Free(KerasKind.SnakeCase(KerasKind.ClassName(cell.GetType()))))];

            string Free(string stem)
            {
                var name = stem;
                for (var number = 1; !taken.Add(name); number++)
                    name = $"{stem}_{number}";
                return name;
            }
        }
    }

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Cells = [.. Cells.Zip(Names, (cell, name) => (CellSpec)(cell with { Name = name }).WithDefaults())] };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        Cells.Count == 0 ? throw new SpecException("expected at least one cell. Received: none.", "cells")
        : Names.Distinct().Count() < Cells.Count ? throw new SpecException($"expected cells of different names. Received: {string.Join(", ", Names)}.", "cells")
        : Steps(input).Last().Output;

    /// <inheritdoc />
    public override IReadOnlyList<Shape> StateShapes(Shape step) => [.. Steps(step).SelectMany(pair => pair.Cell.StateShapes(pair.Input))];

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) =>
        [.. Steps(input).Zip(Names).SelectMany(pair => Within(pair.First.Cell, pair.Second, pair.First.Cell.Weights(pair.First.Input)))];

    /// <summary>What comes into each cell and out of it.</summary>
    public IEnumerable<(CellSpec Cell, Shape Input, Shape Output)> Steps(Shape input)
    {
        foreach (var cell in Cells)
        {
            var output = cell.OutputShape(input);
            yield return (cell, input, output);
            input = output;
        }
    }
}
