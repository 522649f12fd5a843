using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Masks for loops that know none. A masked step leaves the states as they are, so it is enough to run over the other steps alone: they are
/// moved to the front, row by row, and the output of a step is that of the last one before it that counts.
/// </summary>
internal static class MaskedSequences
{
    /// <param name="sequence">(batch, time, features).</param>
    /// <param name="mask">(batch, time).</param>
    /// <param name="initial">The output before the first step: (batch, units).</param>
    /// <param name="wanted">What is asked for.</param>
    /// <param name="outputsOf">The loop: (batch, time, features) to (batch, time, units).</param>
    public static Run Run(Tensor sequence, Tensor mask, Tensor initial, Wanted wanted, Func<Tensor, Tensor> outputsOf)
    {
        var (batch, time) = (sequence.shape[0], sequence.shape[1]);
        var times = arange(time, device: mask.device).expand(batch, time);
        var seen = mask.to(int64).cumsum(1); // steps that count, up to and with this one
        var place = where(mask, seen - 1, seen.narrow(1, time - 1, 1) + times - seen); // the others go behind them
        var order = empty_like(place).scatter_(1, place, times);
        var outputs = outputsOf(Rows(sequence, order));

        var last = OutputAfter(seen.narrow(1, time - 1, 1)).squeeze(1);
        var state = where(mask.any(1, true), last, initial);
        if (wanted.ZeroMasked)
            last = state.masked_fill(mask.narrow(1, time - 1, 1).logical_not(), 0);
        else
            last = wanted.Unrolled ? last.masked_fill(mask.any(1, true).logical_not(), 0) : state;
        if (!wanted.Outputs)
            return new Run(last, null, [state]);

        var all = OutputAfter(seen);
        all = wanted.ZeroMasked ? all.masked_fill(mask.logical_not().unsqueeze(-1), 0)
            : where((seen > 0).unsqueeze(-1), all, wanted.Unrolled ? zeros_like(initial).unsqueeze(1) : initial.unsqueeze(1));
        return new Run(last, all, [state]);

        Tensor OutputAfter(Tensor count) => Rows(outputs, (count - 1).clamp(0));
    }

    /// <summary>The steps with these numbers, row by row: (batch, time, size) and (batch, n) to (batch, n, size).</summary>
    private static Tensor Rows(Tensor sequence, Tensor numbers)
    {
        var (batch, time) = (sequence.shape[0], sequence.shape[1]);
        var flat = numbers + (arange(batch, device: numbers.device) * time).unsqueeze(1);
        return sequence.flatten(0, 1).index_select(0, flat.flatten()).unflatten(0, [batch, numbers.shape[1]]);
    }
}
