using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Checkpoints;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The number of the range that a value falls into, or its encoding.</summary>
public sealed class Discretization : Layer, IAdaptable
{
    private readonly Specs.Discretization _spec;
    private torch.Tensor? _boundaries;
    private QuantileSketch _sketch;

    /// <summary>Builds the layer.</summary>
    public Discretization(Specs.Discretization spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        _sketch = new(spec.Epsilon);
        if (spec.BinBoundaries is { } given)
            SetBoundaries(given);
    }

    /// <summary>Ends of the ranges; null before they are learned.</summary>
    public IReadOnlyList<double>? BinBoundaries { get; private set; }

    /// <inheritdoc />
    public bool Adapts => _spec.Adapts;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var boundaries = _boundaries ?? throw new InvalidOperationException($"{Name}: expected bin_boundaries, or adapt before the first call.");
        var numbers = x.to(torch.float64).bucketize(boundaries.to(x.device), right: true);
        return Categories.Encode(numbers, _spec.OutputMode, boundaries.shape[0] + 1);
    }

    /// <inheritdoc />
    public override void WriteState(StateWriter state)
    {
        if (Adapts && _boundaries is not null)
            state.Add("boundaries", _boundaries);
    }

    /// <inheritdoc />
    public override void ReadState(StateReader state)
    {
        if (Adapts && state.Find("boundaries") is { } boundaries)
            SetBoundaries([.. boundaries.data<double>()]);
    }

    /// <inheritdoc />
    public void Reset() => _sketch = new(_spec.Epsilon);

    /// <inheritdoc />
    public void Update(HostValue batch)
    {
        if (!Adapts)
            throw new InvalidOperationException($"{Name}: bin_boundaries are given, there is nothing to learn.");
        _sketch.Add(batch.Numbers().cpu().to(torch.float32).contiguous().data<float>().ToArray());
    }

    /// <inheritdoc />
    public void Finish() => SetBoundaries([.. _sketch.Boundaries(_spec.NumBins!.Value).Select(each => (double)each)]);

    /// <inheritdoc />
    public LayerSpec Learned() => Adapts ? _spec with { BinBoundaries = BinBoundaries, NumBins = null } : _spec;

    private void SetBoundaries(IReadOnlyList<double> boundaries)
    {
        _boundaries?.Dispose();
        BinBoundaries = boundaries;
        _boundaries = torch.tensor(boundaries.ToArray(), dtype: torch.float64).DetachFromDisposeScope();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _boundaries?.Dispose();
    }
}
