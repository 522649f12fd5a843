using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Long short-term memory over a whole sequence of 32 bit numbers on the CPU. Rows of a batch do not depend on each other, so every thread
/// walks all steps of its own rows. Kernels are of rows (gate, unit), gates i, f, c, o.
/// </summary>
internal static class FusedLstm
{
    // Every step reads both kernels anew, which pays as long as they stay near the core.
    private const long LargestKernels = 600_000;

    /// <summary>Whether it computes this, and faster than libtorch.</summary>
    public static bool Takes(Tensor sequence, IReadOnlyList<Tensor> states, Tensor kernel, Tensor recurrent) =>
        sequence.dtype == float32 && kernel.dtype == float32 && states.All(state => state.dtype == float32)
        && sequence.device_type == DeviceType.CPU && sequence.shape.All(size => size > 0)
        && kernel.numel() + recurrent.numel() <= LargestKernels;

    /// <param name="x">(batch, time, features).</param>
    /// <param name="states">State and cell to begin with, (batch, units) each.</param>
    /// <param name="kernel">(4 · units, features).</param>
    /// <param name="recurrent">(4 · units, units).</param>
    /// <param name="bias">(4 · units), or null.</param>
    /// <param name="sequences">Whether the outputs of all steps are wanted.</param>
    /// <returns>The outputs of all steps, (batch, time, units), or null, and the last state and cell.</returns>
    public static (Tensor? Outputs, IReadOnlyList<Tensor> States) Run(
        Tensor x, IReadOnlyList<Tensor> states, Tensor kernel, Tensor recurrent, Tensor? bias, bool sequences)
    {
        using var scope = NewDisposeScope();
        Tensor?[] inputs = [x, states[0], states[1], kernel, recurrent, bias];
        // (rows, units): the outputs, batch by batch, or the last ones alone; then the last cells.
        var all = is_grad_enabled() && inputs.Any(input => input is { requires_grad: true })
            ? Function.apply([.. inputs, sequences])
            : Forward(inputs, sequences, keeps: false).Results;
        var (batch, time) = (x.shape[0], x.shape[1]);
        var outputs = sequences ? all.narrow(0, 0, batch * time).view(batch, time, -1) : null;
        var hidden = outputs is null ? all.narrow(0, 0, batch) : outputs.select(1, time - 1);
        var cell = all.narrow(0, all.shape[0] - batch, batch);
        return (outputs?.MoveToOuterDisposeScope(), [hidden.MoveToOuterDisposeScope(), cell.MoveToOuterDisposeScope()]);
    }

    private static Kept Forward(Tensor?[] inputs, bool sequences, bool keeps) =>
        IsWide(inputs[4]!) ? Forward<Wide>(inputs, sequences, keeps) : Forward<Narrow>(inputs, sequences, keeps);

    private static List<Tensor?> Backward(IReadOnlyList<Tensor> saved, Call call, Tensor gradient) =>
        IsWide(saved[2]) ? Backward<Wide>(saved, call, gradient) : Backward<Narrow>(saved, call, gradient);

    /// <summary>Whether the widest vectors are there, and the units fill them as well as narrower ones.</summary>
    private static bool IsWide(Tensor recurrent) =>
        Vector512.IsHardwareAccelerated && (recurrent.shape[1] % Wide.Lanes is var rest && (rest == 0 || rest > Wide.Lanes / 2));

    private static LstmSizes SizesOf<T>(Tensor x, Tensor recurrent) where T : unmanaged, ISimd<T> =>
        new((int)x.shape[0], (int)x.shape[1], (int)x.shape[2], (int)recurrent.shape[1], T.Lanes);

    private static unsafe Kept Forward<T>(Tensor?[] inputs, bool sequences, bool keeps) where T : unmanaged, ISimd<T>
    {
        var (x, h, c) = (inputs[0]!.contiguous(), inputs[1]!.contiguous(), inputs[2]!.contiguous());
        var (kernel, recurrent, bias) = (inputs[3]!.contiguous(), inputs[4]!.contiguous(), inputs[5]?.contiguous());
        var sizes = SizesOf<T>(x, recurrent);
        var (batch, time) = ((long)sizes.Batch, (long)sizes.Time);
        Tensor packed = zeros([sizes.Row, sizes.Gates]), packedBias = zeros([sizes.Gates]);
        LstmForward<T>.Pack(sizes, At(kernel), At(recurrent), bias is null ? null : At(bias), At(packed), At(packedBias));

        var results = empty([(sequences ? batch * time : batch) + batch, sizes.Units]);
        var rows = empty([keeps ? time + 1 : 2, batch, sizes.Row]);
        var cells = empty([keeps ? time + 1 : 1, batch, sizes.State]);
        var gates = empty([keeps ? time * batch : batch, sizes.Gates]);
        var outputs = At(results);
        var forward = new LstmForward<T>
        {
            Sizes = sizes,
            Kernel = At(packed),
            Bias = At(packedBias),
            Sequence = At(x),
            FirstHidden = At(h),
            FirstCell = At(c),
            Keeps = keeps,
            Rows = At(rows),
            Cells = At(cells),
            Gates = At(gates),
            Outputs = sequences ? outputs : null,
            LastHidden = sequences ? null : outputs,
            LastCell = outputs + (results.shape[0] - batch) * sizes.Units,
        };
        new RowTeam(sizes.Batch, sizes.Products).Run((_, first, end) => forward.Run(first, end));
        return new Kept(results, rows, cells, gates);
    }

    private static unsafe List<Tensor?> Backward<T>(IReadOnlyList<Tensor> saved, Call call, Tensor gradient) where T : unmanaged, ISimd<T>
    {
        var (x, kernel, recurrent) = (saved[0], saved[1].contiguous(), saved[2].contiguous());
        var (rows, cells, gates) = (saved[3], saved[4], saved[5]);
        var sizes = SizesOf<T>(x, recurrent);
        var (batch, time) = ((long)sizes.Batch, (long)sizes.Time);
        var packed = zeros([sizes.Gates, sizes.Row]);
        LstmBackward<T>.Pack(sizes, At(kernel), At(recurrent), At(packed));

        gradient = gradient.contiguous();
        var gateGradients = empty([time * batch, sizes.Gates]);
        var dx = call.Wants[0] ? empty(x.shape) : null;
        Tensor h = empty([batch, sizes.Units]), c = empty([batch, sizes.Units]);
        var team = new RowTeam(sizes.Batch, 2 * sizes.Products);
        var biases = empty([team.Parts, sizes.Gates]);
        var workSize = LstmBackward<T>.WorkSize(sizes, team.RowsOfPart);
        var work = empty([team.Parts, workSize]);
        var (outputs, workAt, biasesAt) = ((nint)At(gradient), (nint)At(work), (nint)At(biases));
        var backward = new LstmBackward<T>
        {
            Sizes = sizes,
            Kernel = At(packed),
            Gates = At(gates),
            Cells = At(cells),
            Outputs = call.Sequences ? (float*)outputs : null,
            LastHidden = call.Sequences ? null : (float*)outputs,
            LastCell = (float*)outputs + (gradient.shape[0] - batch) * sizes.Units,
            GateGradients = At(gateGradients),
            Sequence = dx is null ? null : At(dx),
            FirstHidden = At(h),
            FirstCell = At(c),
        };
        team.Run((part, first, end) => backward.Run(first, end, (float*)workAt + (long)part * workSize, (float*)biasesAt + (long)part * sizes.Gates));

        Tensor? dKernel = null, dRecurrent = null, dBias = null;
        if (call.Wants[3] || call.Wants[4])
        {
            var both = mm(gateGradients.t(), rows.narrow(0, 0, time).view(time * batch, -1)); // (gates, row)
            dKernel = Unpacked(sizes, both, 0, sizes.Features);
            dRecurrent = Unpacked(sizes, both, sizes.Input, sizes.Units);
        }
        if (call.Wants[5])
            dBias = Unpacked(sizes, biases.sum(dim: 0).unsqueeze(1), 0, 1).flatten();
        return [dx, h, c, dKernel, dRecurrent, call.Wants[5] ? dBias : null, null];
    }

    /// <summary>Some columns of rows in our order, as rows (gate, unit).</summary>
    private static unsafe Tensor Unpacked(LstmSizes sizes, Tensor from, int column, int columns)
    {
        var result = empty([4L * sizes.Units, columns]);
        var width = from.shape[1];
        float* source = At(from), target = At(result);
        for (var row = 0; row < 4 * sizes.Units; row++)
            new ReadOnlySpan<float>(source + sizes.Place(row) * width + column, columns).CopyTo(new Span<float>(target + (long)row * columns, columns));
        return result;
    }

    /// <summary>Where the numbers of a contiguous tensor begin.</summary>
    private static unsafe float* At(Tensor tensor)
    {
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>What one call was asked for: outputs of all steps, and the gradients of which inputs.</summary>
    private sealed record Call(bool Sequences, bool[] Wants);

    /// <summary>What a call computed, and what of it the gradients need.</summary>
    private readonly record struct Kept(Tensor Results, Tensor Rows, Tensor Cells, Tensor Gates);

    /// <summary>The call as a part of the graph.</summary>
    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const string Asked = "call";

        public override string Name => nameof(FusedLstm);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            Tensor?[] inputs = [.. vars.Take(6).Select(input => (Tensor?)input)];
            var sequences = (bool)vars[6];
            var (results, rows, cells, gates) = Forward(inputs, sequences, keeps: true);
            ctx.save_for_backward([inputs[0]!, inputs[3]!, inputs[4]!, rows, cells, gates]);
            ctx.save_data(Asked, new Call(sequences, [.. inputs.Select(input => input is { requires_grad: true })]));
            ctx.set_materialize_grads(false);
            return results;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            List<Tensor?> gradients = grad_output.IsInvalid ? [.. new Tensor?[7]]
                : Backward(ctx.get_saved_variables(), (Call)ctx.get_data(Asked), grad_output);
            return [.. gradients.Select(gradient => gradient?.MoveToOuterDisposeScope()!)];
        }
    }
}
