using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Operations;
using static TorchSharp.torch;

namespace TrainingService.Engine.Operations;

/// <summary>Operations that rearrange or pick values.</summary>
internal static class OperationForms
{
    public static Tensor ExpandDims(OperationArguments call)
    {
        var axes = call.Ints("axis")!;
        var rank = call.X.dim() + axes.Length;
        return axes.Select(axis => axis < 0 ? axis + rank : axis).Order().Aggregate(call.X, (x, axis) => x.unsqueeze(axis));
    }

    public static Tensor Squeeze(OperationArguments call) => call.Ints("axis") is { } axes
        ? axes.Select(axis => axis < 0 ? axis + call.X.dim() : axis).OrderDescending().Aggregate(call.X, (x, axis) => x.squeeze(axis))
        : call.X.squeeze();

    public static Tensor[] Split(OperationArguments call)
    {
        var axis = call.Int("axis") ?? 0;
        if (call.Value("indices_or_sections") is CallConstant)
            return call.X.chunk(call.Int("indices_or_sections")!.Value, axis);
        var size = call.X.shape[axis < 0 ? axis + call.X.dim() : axis];
        long[] cuts = [0, .. call.Ints("indices_or_sections")!.Select(cut => Math.Clamp(cut < 0 ? cut + size : cut, 0, size)), size];
        return [.. cuts.Zip(cuts.Skip(1), (from, to) => call.X.narrow(axis, from, Math.Max(0, to - from)))];
    }

    public static Tensor Pad(OperationArguments call)
    {
        var widths = OperationPadding.Widths(call.Value("pad_width"), (int)call.X.dim());
        long[] reversed = [.. widths.Reverse().SelectMany(width => new[] { width.Before, width.After })];
        return (call.Text("mode") ?? "constant") switch
        {
            "constant" => nn.functional.pad(call.X, reversed, TorchSharp.PaddingModes.Constant, call.Number("constant_values", 0)),
            "reflect" => Mirror(call.X, widths, edge: false),
            "symmetric" => Mirror(call.X, widths, edge: true),
            var other => throw new NotSupportedException($"Pad computes the modes constant, reflect and symmetric. Received: {other}."),
        };
    }

    public static Tensor GetItem(OperationArguments call)
    {
        var x = call.X;
        var axis = 0;
        foreach (var part in OperationSlices.Parts(call.Value("key"), (int)x.dim()))
        {
            switch (part.Kind)
            {
                case IndexKind.NewAxis:
                    x = x.unsqueeze(axis++);
                    break;
                case IndexKind.Row:
                    x = x.select(axis, part.Start!.Value);
                    break;
                case IndexKind.Slice when part is not { Start: null, Stop: null, Step: 1 }:
                    x = x.slice(axis, part.Start ?? 0, part.Stop ?? long.MaxValue, part.Step);
                    axis++;
                    break;
                default:
                    axis++;
                    break;
            }
        }
        return x;
    }

    public static Tensor Take(OperationArguments call)
    {
        var indices = call.Tensor("indices").to(int64);
        if (call.Int("axis") is not { } given)
            return call.X.flatten().index_select(0, indices.flatten()).reshape(indices.shape);
        var axis = (int)(given < 0 ? given + call.X.dim() : given);
        var picked = call.X.index_select(axis, indices.flatten());
        return picked.reshape([.. call.X.shape[..axis], .. indices.shape, .. call.X.shape[(axis + 1)..]]);
    }

    public static Tensor OneHot(OperationArguments call)
    {
        var classes = call.Int("num_classes")!.Value;
        var hot = call.X.to(int64).unsqueeze(-1).eq(arange(classes, device: call.X.device)).to(OperationArguments.Dtype(call.Text("dtype") ?? "float32"));
        var axis = call.Int("axis") ?? -1;
        return axis == -1 || axis == hot.dim() - 1 ? hot : hot.movedim([-1], [axis]);
    }

    /// <summary>The border is the inside mirrored, with or without its outermost row.</summary>
    private static Tensor Mirror(Tensor x, IReadOnlyList<(long Before, long After)> widths, bool edge)
    {
        for (var axis = 0; axis < widths.Count; axis++)
        {
            var ((before, after), size, skip) = (widths[axis], x.shape[axis], edge ? 0 : 1);
            if (before == 0 && after == 0)
                continue;
            var rows = Enumerable.Range(0, (int)before).Select(i => before - 1 - i + skip)
                .Concat(Enumerable.Range(0, (int)size).Select(i => (long)i))
                .Concat(Enumerable.Range(0, (int)after).Select(i => size - 1 - skip - i));
            x = x.index_select(axis, tensor(rows.ToArray(), device: x.device));
        }
        return x;
    }
}
