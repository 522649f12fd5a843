using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary><c>y = x · scale + offset</c>, as float32.</summary>
public sealed class Rescaling(Specs.Rescaling spec, LayerContext context) : Layer(spec, context)
{
    private readonly torch.Tensor? _scale = Arrays.Constant(spec.Scale, context.Device);
    private readonly torch.Tensor? _offset = Arrays.Constant(spec.Shift, context.Device);

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var floats = x.is_floating_point() ? x : x.to(torch.float32);
        var y = _scale is null ? floats * spec.Scale[0] : floats * _scale.to(floats.dtype);
        return _offset is not null ? y + _offset.to(floats.dtype) : spec.Shift[0] == 0 ? y : y + spec.Shift[0];
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _scale?.Dispose();
        _offset?.Dispose();
    }
}

/// <summary>Arrays of specs as tensors.</summary>
internal static class Arrays
{
    /// <summary>The array as a tensor that no dispose scope frees; null for one number.</summary>
    public static torch.Tensor? Constant(NumberArray array, torch.Device device) => array.Rank == 0 ? null : Tensor(array, device).DetachFromDisposeScope();

    /// <summary>The array as float32.</summary>
    public static torch.Tensor Tensor(NumberArray array, torch.Device device) =>
        torch.tensor(array.Values.Select(value => (float)value).ToArray(), [.. array.Dims], device: device);
}
