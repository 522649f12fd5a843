using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Any cell, or cells one on top of the other, over a sequence.</summary>
/// <param name="Cell">The cell; several go into a StackedRNNCells.</param>
/// <remarks>Input <c>(batch, time, …)</c> → <c>(batch, …)</c> or <c>(batch, time, …)</c>.</remarks>
public sealed record RNN(CellSpec Cell) : RecurrentSpec
{
    /// <inheritdoc />
    public override CellSpec StepCell => Cell;

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Cell = (CellSpec)(Cell with { Name = CellName }).WithDefaults() };
}

/// <summary>Fully connected recurrence: <c>h' = activation(x·W + h·U + b)</c>.</summary>
/// <param name="Units">Size of the output and of the state.</param>
/// <remarks>Input <c>(batch, time, in)</c> → <c>(batch, units)</c> or <c>(batch, time, units)</c>.</remarks>
[Ignores("implementation")]
public sealed record SimpleRNN([Range(1, int.MaxValue)] int Units) : UnitsRecurrent
{
    /// <inheritdoc />
    public override CellSpec StepCell => Fill(new SimpleRNNCell(Units));
}

/// <summary>Long short-term memory; see <see cref="LSTMCell"/>.</summary>
/// <param name="Units">Size of the output and of both states, h and c.</param>
/// <param name="UnitForgetBias">Whether the bias of the forget gate begins at 1. Default: true.</param>
/// <remarks>Input <c>(batch, time, in)</c> → <c>(batch, units)</c> or <c>(batch, time, units)</c>.</remarks>
public sealed record LSTM([Range(1, int.MaxValue)] int Units, bool UnitForgetBias = true) : GatedRecurrent
{
    /// <inheritdoc />
    public override CellSpec StepCell => FillGates(new LSTMCell(Units, UnitForgetBias));
}

/// <summary>Gated recurrent unit; see <see cref="GRUCell"/>.</summary>
/// <param name="Units">Size of the output and of the state.</param>
/// <param name="ResetAfter">
/// Whether the reset gate multiplies after the product with the recurrent kernel, or before it. Default: true; false in models of Keras
/// before 2.1.3, which have no such field.
/// </param>
/// <remarks>Input <c>(batch, time, in)</c> → <c>(batch, units)</c> or <c>(batch, time, units)</c>.</remarks>
public sealed record GRU([Range(1, int.MaxValue)] int Units, bool? ResetAfter = null) : GatedRecurrent
{
    /// <inheritdoc />
    public override CellSpec StepCell => FillGates(new GRUCell(Units, ResetAfter));

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ResetAfter = ResetsAfter(ResetAfter, Implementation) };

    /// <summary>Only Keras 2 writes <c>implementation</c>, and since 2.1.3 it writes <c>reset_after</c> beside it; before, false was all there was.</summary>
    internal static bool ResetsAfter(bool? resetAfter, int? implementation) => resetAfter ?? implementation is null;
}
