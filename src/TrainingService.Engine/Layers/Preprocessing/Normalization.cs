using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary><c>y = (x - mean) / max(√variance, 1e-7)</c>, with mean and variance given or learned.</summary>
public sealed class Normalization : Layer, IAdaptable
{
    private const double Epsilon = 1e-7;
    private readonly Specs.Normalization _spec;
    private readonly long[] _broadcast;
    private readonly long[] _reduced;
    private readonly torch.Tensor? _mean, _variance;
    private torch.Tensor? _sumOfMeans, _sumOfVariances;
    private long _count;

    /// <summary>Builds the layer.</summary>
    public Normalization(Specs.Normalization spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        var kept = spec.Kept(InputShape);
        _broadcast = [.. Enumerable.Range(0, InputShape.Rank).Select(axis => kept.Contains(axis) ? InputShape[axis]!.Value : 1)];
        _reduced = [.. Enumerable.Range(0, InputShape.Rank).Where(axis => !kept.Contains(axis)).Select(axis => (long)axis)];
        if (spec.Mean is null || spec.Variance is null)
            return;
        _mean = Given(spec.Mean, kept, context.Device);
        _variance = Given(spec.Variance, kept, context.Device);
    }

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public bool Adapts => _spec.Adapts;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var floats = x.is_floating_point() ? x : x.to(torch.float32);
        var mean = (_mean ?? Value("mean").reshape(_broadcast)).to(floats.dtype);
        var deviation = (_variance ?? Value("variance").reshape(_broadcast)).sqrt().clamp_min(Epsilon).to(floats.dtype);
        return _spec.Invert ? mean + floats * deviation : (floats - mean) / deviation;
    }

    /// <inheritdoc />
    public void Reset()
    {
        _count = 0;
        _sumOfMeans?.Dispose();
        _sumOfVariances?.Dispose();
        (_sumOfMeans, _sumOfVariances) = (null, null);
    }

    /// <inheritdoc />
    public void Update(HostValue batch)
    {
        if (!Adapts)
            throw new InvalidOperationException($"{Name}: mean and variance are given, there is nothing to learn.");
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var x = batch.Numbers().to(torch.float64);
        var mean = _reduced.Length == 0 ? x : x.mean(_reduced);
        var variance = _reduced.Length == 0 ? x * 0 : (x - x.mean(_reduced, keepdim: true)).square().mean(_reduced);
        var rows = _reduced.Aggregate(1L, (product, axis) => product * x.shape[axis]);
        _count += rows;
        // Chan, Golub and LeVeque (1979): the parts' own spread and the spread between them.
        var weight = (double)rows / _count;
        var total = _sumOfMeans is null ? mean : _sumOfMeans * (1 - weight) + mean * weight;
        var spread = _sumOfVariances is null
            ? variance
            : (_sumOfVariances + (_sumOfMeans! - total).square()) * (1 - weight) + (variance + (mean - total).square()) * weight;
        var (oldMeans, oldVariances) = (_sumOfMeans, _sumOfVariances);
        (_sumOfMeans, _sumOfVariances) = (total.clone().DetachFromDisposeScope(), spread.clone().DetachFromDisposeScope());
        oldMeans?.Dispose();
        oldVariances?.Dispose();
    }

    /// <inheritdoc />
    public void Finish()
    {
        if (_sumOfMeans is null || _sumOfVariances is null)
            throw new InvalidOperationException($"{Name}: expected at least one batch to adapt to.");
        using var scope = torch.NewDisposeScope();
        Weights[0].Assign(_sumOfMeans.to(torch.float32));
        Weights[1].Assign(_sumOfVariances.to(torch.float32));
        Reset();
    }

    /// <inheritdoc />
    public LayerSpec Learned() => Adapts ? _spec with { Mean = Array(Weights[0].Value), Variance = Array(Weights[1].Value) } : _spec;

    private static NumberArray Array(torch.Tensor values)
    {
        using var scope = torch.NewDisposeScope();
        return new NumberArray(values.shape, [.. values.detach().cpu().to(torch.float64).contiguous().data<double>()]);
    }

    /// <summary>A given array along the last of the kept axes.</summary>
    private torch.Tensor Given(NumberArray array, IReadOnlyList<int> kept, torch.Device device)
    {
        using var scope = torch.NewDisposeScope();
        var shape = Enumerable.Repeat(1L, _broadcast.Length).ToArray();
        for (var i = 1; i <= array.Rank; i++)
            shape[kept[^i]] = array.Dims[^i];
        return Arrays.Tensor(array, device).reshape(shape).expand(_broadcast).contiguous().DetachFromDisposeScope();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Reset();
        _mean?.Dispose();
        _variance?.Dispose();
    }
}
