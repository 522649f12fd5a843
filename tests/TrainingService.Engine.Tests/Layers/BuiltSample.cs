using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Tests.Layers;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>A sample's layer, built with weights of one dtype, and tensors to call it with.</summary>
internal sealed class BuiltSample : IDisposable
{
    private readonly LayerSample _sample;
    private readonly List<Tensor> _held = [];

    public BuiltSample(LayerSample sample, ScalarType dtype, long seed = 1)
    {
        _sample = sample;
        var random = new RandomStreams(seed);
        var spec = sample.Spec with { Dtype = dtype == float64 ? "float64" : dtype == bfloat16 ? "mixed_bfloat16" : sample.Spec.Dtype };
        Layer = LayerTable.Build(spec, new LayerContext("layer", sample.Inputs, sample.Spec.Trainable, random, CPU) { Call = new CallSpec(sample.Form(), sample.Shapes) });
        foreach (var weight in Layer.Weights)
            Hold(weight, dtype == float64 ? float64 : float32);
        using var generator = random.Generator("input", "sample", CPU);
        Tensors = [.. sample.Shapes.Select(shape => Example([.. shape.Select(size => size!.Value)], dtype, generator).DetachFromDisposeScope())];
    }

    public Layer Layer { get; }

    /// <summary>What the layer is called with.</summary>
    public IReadOnlyList<Tensor> Tensors { get; }

    public IEnumerable<Weight> Trained => Layer.Weights.Where(weight => weight.Trainable);

    public IReadOnlyList<Tensor> Call(bool training) =>
        [.. Layer.Apply(new CallContext(training).For(_sample.Form(), [.. Tensors.Select(tensor => new KerasTensor(tensor))])).Select(output => output.Value)];

    public void Dispose()
    {
        Layer.Dispose();
        foreach (var tensor in _held.Concat(Tensors))
            tensor.Dispose();
    }

    /// <summary>Values, and gradients for those that are trained, in a memory of the given dtype.</summary>
    private void Hold(Weight weight, ScalarType dtype)
    {
        var (memory, gradient) = (zeros(weight.Elements, dtype).DetachFromDisposeScope(), zeros(weight.Elements, dtype).DetachFromDisposeScope());
        weight.MoveInto(memory, gradient);
        weight.Value.requires_grad_(weight.Trainable);
        _held.AddRange([memory, gradient]);
    }

    private Tensor Example(long[] shape, ScalarType dtype, Generator generator) =>
        _sample.Below is { } below ? randint(0, below, shape, dtype: int64, generator: generator) : randn(shape, dtype: float64, generator: generator).to(dtype);
}
