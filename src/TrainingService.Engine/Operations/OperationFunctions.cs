using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Specs = TrainingService.Contracts.Operations;

namespace TrainingService.Engine.Operations;

/// <summary>What the operations of <see cref="Specs.OperationTable"/> compute.</summary>
internal static class OperationFunctions
{
    private static readonly Dictionary<string, Func<OperationArguments, Tensor[]>> Table = Create();

    /// <summary>Keras's class names of all operations.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <exception cref="NotSupportedException">No function computes it.</exception>
    public static Func<OperationArguments, Tensor[]> Find(string name) =>
        Table.TryGetValue(name, out var function) ? function : throw new NotSupportedException($"No function computes the operation {name}.");

    private static Dictionary<string, Func<OperationArguments, Tensor[]>> Create()
    {
        var table = new Dictionary<string, Func<OperationArguments, Tensor[]>>(StringComparer.Ordinal);
        AddUnary();
        AddBinary();
        AddReductions();
        AddForms();
        return table;

        void One(string name, Func<OperationArguments, Tensor> function) => table[name] = call => [function(call)];

        void Unary(string name, Func<Tensor, Tensor> function) => One(name, call => function(call.X));

        void Binary(string name, Func<Tensor, Tensor, Tensor> function) => One(name, call => function(call.X, call.Tensor("x2")));

        void AddUnary()
        {
            Unary("Absolute", x => x.abs());
            Unary("Arccos", x => Real(x).acos());
            Unary("Arccosh", x => acosh(Real(x)));
            Unary("Arcsin", x => Real(x).asin());
            Unary("Arcsinh", x => asinh(Real(x)));
            Unary("Arctan", x => Real(x).atan());
            Unary("Arctanh", x => atanh(Real(x)));
            Unary("Ceil", x => Real(x).ceil());
            Unary("Copy", x => x.clone());
            Unary("Cos", x => Real(x).cos());
            Unary("Cosh", x => Real(x).cosh());
            Unary("Erf", x => Real(x).erf());
            Unary("Exp", x => Real(x).exp());
            Unary("Exp2", x => exp2(Real(x)));
            Unary("Expm1", x => Real(x).expm1());
            Unary("Floor", x => Real(x).floor());
            Unary("HardSigmoid", x => F.hardsigmoid(Real(x)));
            Unary("HardSilu", x => F.hardswish(Real(x)));
            Unary("HardTanh", x => Real(x).clamp(-1, 1));
            Unary("Identity", x => x);
            Unary("Isfinite", x => x.isfinite());
            Unary("Isinf", x => x.isinf());
            Unary("Isnan", x => x.isnan());
            Unary("Log", x => Real(x).log());
            Unary("Log10", x => Real(x).log10());
            Unary("Log1p", x => Real(x).log1p());
            Unary("Log2", x => Real(x).log2());
            Unary("LogSigmoid", x => F.logsigmoid(Real(x)));
            Unary("LogicalNot", x => x.to(@bool).logical_not());
            Unary("Negative", x => x.neg());
            Unary("OnesLike", x => ones_like(x));
            Unary("Reciprocal", x => Real(x).reciprocal());
            Unary("Relu", x => x.relu());
            Unary("Relu6", x => x.clamp(0, 6));
            Unary("Rsqrt", x => Real(x).rsqrt());
            Unary("Selu", x => F.selu(Real(x)));
            Unary("Sigmoid", x => Real(x).sigmoid());
            Unary("Sign", x => x.sign());
            Unary("Silu", x => F.silu(Real(x)));
            Unary("Sin", x => Real(x).sin());
            Unary("Sinh", x => Real(x).sinh());
            Unary("Softplus", x => F.softplus(Real(x)));
            Unary("Softsign", x => x / (1 + x.abs()));
            Unary("Sqrt", x => Real(x).sqrt());
            Unary("Square", x => x.square());
            One("StopGradient", call => call.X.detach());
            Unary("Tan", x => Real(x).tan());
            Unary("Tanh", x => Real(x).tanh());
            Unary("TanhShrink", x => x - x.tanh());
            Unary("Trunc", x => Real(x).trunc());
            Unary("ZerosLike", x => zeros_like(x));
            One("Cast", call => call.X.to(OperationArguments.Dtype(call.Text("dtype") ?? "float32")));
            One("Celu", call => F.celu(call.X, call.Number("alpha", 1)));
            One("Clip", call => Clip(call));
            One("Cumprod", call => call.X.cumprod(call.Int("axis") ?? 0));
            One("Cumsum", call => call.X.cumsum(call.Int("axis") ?? 0));
            One("Elu", call => Elu(call.X, call.Number("alpha", 1)));
            One("Flip", call => call.X.flip(call.Ints("axis") ?? All(call.X)));
            One("Gelu", call => Gelu(call.X, call.Flag("approximate", true)));
            One("HardShrink", call => where(call.X.abs() > call.Number("threshold", 0.5), call.X, zeros_like(call.X)));
            One("LeakyRelu", call => F.leaky_relu(call.X, call.Number("negative_slope", 0.2)));
            One("LogSoftmax", call => call.X.log_softmax(call.Int("axis") ?? -1));
            One("Normalize", Normalize);
            One("Roll", call => call.Ints("axis") is { } axes ? call.X.roll((ReadOnlySpan<long>)call.Ints("shift")!, axes) : call.X.flatten().roll((ReadOnlySpan<long>)call.Ints("shift")!, (ReadOnlySpan<long>)[0L]).reshape(call.X.shape));
            One("Round", call => Real(call.X).mul(Math.Pow(10, call.Number("decimals", 0))).round().div(Math.Pow(10, call.Number("decimals", 0))));
            One("SoftShrink", call => call.X.sign() * (call.X.abs() - call.Number("threshold", 0.5)).relu());
            One("Softmax", call => call.X.softmax(call.Int("axis") ?? -1));
            One("Sort", call => call.X.sort(call.Int("axis") ?? -1).Values);
            One("Argsort", call => call.X.argsort(call.Int("axis") ?? -1));
            One("Squareplus", call => (call.X + (call.X.square() + call.Number("b", 4)).sqrt()) / 2);
            One("Tril", call => call.X.tril(call.Int("k") ?? 0));
            One("Triu", call => call.X.triu(call.Int("k") ?? 0));
        }

        void AddBinary()
        {
            Binary("Add", (a, b) => a + b);
            Binary("Subtract", (a, b) => a - b);
            Binary("Multiply", (a, b) => a * b);
            Binary("Divide", (a, b) => Real(a) / b);
            Binary("TrueDivide", (a, b) => Real(a) / b);
            Binary("DivideNoNan", (a, b) => where(b.eq(0), zeros_like(a / b), a / b));
            Binary("FloorDivide", (a, b) => a.floor_divide(b));
            Binary("Power", (a, b) => a.pow(b));
            Binary("Maximum", (a, b) => Common(a, b, (x, y) => x.maximum(y)));
            Binary("Minimum", (a, b) => Common(a, b, (x, y) => x.minimum(y)));
            Binary("Mod", (a, b) => a.remainder(b));
            Binary("Arctan2", (a, b) => Real(a).atan2(Real(b)));
            Binary("Equal", (a, b) => a.eq(b));
            Binary("NotEqual", (a, b) => a.ne(b));
            Binary("Greater", (a, b) => a.gt(b));
            Binary("GreaterEqual", (a, b) => a.ge(b));
            Binary("Less", (a, b) => a.lt(b));
            Binary("LessEqual", (a, b) => a.le(b));
            Binary("LogicalAnd", (a, b) => a.to(@bool).logical_and(b.to(@bool)));
            Binary("LogicalOr", (a, b) => a.to(@bool).logical_or(b.to(@bool)));
            Binary("LogicalXor", (a, b) => a.to(@bool).logical_xor(b.to(@bool)));
            Binary("SquaredDifference", (a, b) => (a - b).square());
            Binary("Matmul", (a, b) => Common(a, b, (x, y) => x.matmul(y)));
            One("Where", call => where(call.X.to(@bool), call.Tensor("x1"), call.Tensor("x2")));
        }

        void AddReductions()
        {
            One("Mean", call => Real(call.X).mean(AxesOf(call), call.Flag("keepdims")));
            One("Sum", call => call.X.sum(AxesOf(call), call.Flag("keepdims")));
            One("Max", call => call.X.amax(AxesOf(call), call.Flag("keepdims")));
            One("Amax", call => call.X.amax(AxesOf(call), call.Flag("keepdims")));
            One("Min", call => call.X.amin(AxesOf(call), call.Flag("keepdims")));
            One("Amin", call => call.X.amin(AxesOf(call), call.Flag("keepdims")));
            One("Var", call => Real(call.X).var(AxesOf(call), false, call.Flag("keepdims")));
            One("Std", call => Real(call.X).std(AxesOf(call), false, call.Flag("keepdims")));
            One("Prod", call => OverAxes(call, (x, axis) => x.prod(axis, keepdim: true)));
            One("Any", call => call.X.to(@bool).to(int64).amax(AxesOf(call), call.Flag("keepdims")).to(@bool));
            One("All", call => call.X.to(@bool).to(int64).amin(AxesOf(call), call.Flag("keepdims")).to(@bool));
            One("Logsumexp", call => OverAxes(call, (x, axis) => x.logsumexp(axis, keepdim: true)));
            One("Argmax", call => call.Int("axis") is { } axis ? call.X.argmax(axis, call.Flag("keepdims")) : KeepAll(call, call.X.argmax()));
            One("Argmin", call => call.Int("axis") is { } axis ? call.X.argmin(axis, call.Flag("keepdims")) : KeepAll(call, call.X.argmin()));
        }

        void AddForms()
        {
            One("Reshape", call => call.X.reshape(call.Ints("newshape")!));
            Unary("Ravel", x => x.flatten());
            One("ExpandDims", OperationForms.ExpandDims);
            One("Squeeze", OperationForms.Squeeze);
            One("Transpose", call => call.X.permute(call.Ints("axes") ?? [.. Enumerable.Range(0, (int)call.X.dim()).Reverse().Select(axis => (long)axis)]));
            One("Swapaxes", call => call.X.transpose(call.Int("axis1")!.Value, call.Int("axis2")!.Value));
            One("Moveaxis", call => call.X.movedim(call.Ints("source")!, call.Ints("destination")!));
            One("Concatenate", call => cat(call.Inputs, call.Int("axis") ?? 0));
            One("Stack", call => stack(call.Inputs, call.Int("axis") ?? 0));
            table["Split"] = OperationForms.Split;
            table["Unstack"] = call => call.X.unbind(call.Int("axis") ?? 0);
            One("Repeat", call => call.Int("axis") is { } axis ? call.X.repeat_interleave(call.Ints("repeats")![0], axis) : call.X.flatten().repeat_interleave(call.Ints("repeats")![0], 0));
            One("Tile", call => call.X.tile(call.Ints("repeats")!));
            One("BroadcastTo", call => call.X.broadcast_to(call.Ints("shape")!));
            One("Pad", OperationForms.Pad);
            One("GetItem", OperationForms.GetItem);
            One("Take", OperationForms.Take);
            One("OneHot", OperationForms.OneHot);
        }
    }

    /// <summary>Whole numbers as float32, as Keras has it for functions of real numbers.</summary>
    private static Tensor Real(Tensor x) => x.is_floating_point() ? x : x.to(float32);

    private static Tensor Common(Tensor a, Tensor b, Func<Tensor, Tensor, Tensor> function) =>
        a.dtype == b.dtype ? function(a, b) : a.is_floating_point() || !b.is_floating_point() ? function(a, b.to(a.dtype)) : function(a.to(b.dtype), b);

    private static long[] All(Tensor x) => [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)];

    private static long[] AxesOf(OperationArguments call) => call.Ints("axis") ?? All(call.X);

    private static Tensor OverAxes(OperationArguments call, Func<Tensor, long, Tensor> reduce)
    {
        var (x, axes) = (call.X, AxesOf(call));
        var rank = x.dim();
        var result = axes.Aggregate(x, reduce);
        return call.Flag("keepdims") ? result : axes.Select(axis => axis < 0 ? axis + rank : axis).OrderDescending().Aggregate(result, (y, axis) => y.squeeze(axis));
    }

    private static Tensor KeepAll(OperationArguments call, Tensor value) =>
        call.Flag("keepdims") ? value.reshape([.. Enumerable.Repeat(1L, (int)call.X.dim())]) : value;

    private static Tensor Elu(Tensor x, double alpha) => alpha == 1 ? F.elu(x, 1) : where(x > 0, x, alpha * x.expm1());

    private static Tensor Gelu(Tensor x, bool approximate) => approximate
        ? 0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x.pow(3))).tanh())
        : 0.5 * x * (1 + (x / Math.Sqrt(2)).erf());

    private static Tensor Clip(OperationArguments call) => call.Value("x_min") is CallConstant && call.Value("x_max") is CallConstant
        ? call.X.clamp(call.Number("x_min", 0), call.Number("x_max", 0))
        : call.X.maximum(call.Tensor("x_min")).minimum(call.Tensor("x_max"));

    private static Tensor Normalize(OperationArguments call)
    {
        var epsilon = call.Number("epsilon", 1e-7);
        var axes = call.Ints("axis") ?? [-1L];
        return call.Number("order", 2) == 2
            ? call.X * call.X.square().sum(axes, keepdim: true).clamp(min: epsilon * epsilon).rsqrt()
            : call.X / call.X.abs().pow(call.Number("order", 2)).sum(axes, keepdim: true).pow(1 / call.Number("order", 2)).clamp(min: epsilon);
    }
}
