using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Sequences, images or volumes made larger by whole factors.</summary>
public sealed class UpSampling : Layer
{
    private readonly SpatialLayer _spec;
    private readonly long[] _factors;
    private readonly ResizeInterpolation _interpolation = ResizeInterpolation.Nearest;

    /// <summary>Every step several times.</summary>
    public UpSampling(Specs.UpSampling1D spec, LayerContext context) : base(spec, context) => (_spec, _factors) = (spec, [1, spec.Size]);

    /// <summary>Images, with the values in between found by interpolation.</summary>
    public UpSampling(Specs.UpSampling2D spec, LayerContext context) : base(spec, context) =>
        (_spec, _factors, _interpolation) = (spec, spec.Size.ToLongs(), spec.Interpolation);

    /// <summary>Every value of a volume several times.</summary>
    public UpSampling(Specs.UpSampling3D spec, LayerContext context) : base(spec, context) => (_spec, _factors) = (spec, spec.Size.ToLongs());

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var space = Space.Open(x, _spec.Format); // (batch, channels, space…)
        long[] size = [.. _factors.Select((factor, axis) => factor * space.shape[axis + 2])];
        var y = _interpolation switch
        {
            ResizeInterpolation.Nearest when !x.is_floating_point() => Repeat(space),
            ResizeInterpolation.Nearest => torch.nn.functional.interpolate(space, size, mode: torch.InterpolationMode.Nearest),
            ResizeInterpolation.Bilinear when x.is_floating_point() => torch.nn.functional.interpolate(space, size, mode: torch.InterpolationMode.Bilinear, align_corners: false),
            _ => ResizeKernels.Resize(space.permute(0, 2, 3, 1), size[0], size[1], _interpolation, antialias: false).permute(0, 3, 1, 2),
        };
        return Space.Close(y, _spec.Format, _spec.SpatialAxes);
    }

    /// <summary>Whole numbers, which libtorch does not interpolate.</summary>
    private torch.Tensor Repeat(torch.Tensor x)
    {
        for (var axis = 0; axis < _factors.Length; axis++)
            x = x.repeat_interleave(_factors[axis], axis + 2);
        return x;
    }
}
