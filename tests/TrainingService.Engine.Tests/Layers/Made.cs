using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>Layers built for one test.</summary>
internal static class Made
{
    /// <summary>A layer for an input of these sizes; -1 is unknown.</summary>
    public static T Of<T>(LayerSpec spec, long[] input, long seed = 1) where T : Layer =>
        (T)LayerTable.Build(spec, new LayerContext("layer", new Shape(input.Select(size => size < 0 ? null : (long?)size)), spec.Trainable, new RandomStreams(seed), torch.CPU));

    /// <summary>One call with a tensor.</summary>
    public static torch.Tensor Call(LayerSpec spec, torch.Tensor x, bool training = true, long seed = 1)
    {
        using var layer = Of<Layer>(spec, x.shape, seed);
        return layer.Call(x, new CallContext(training));
    }

    /// <summary>One training call with a dict; boxes and their labels as <c>bounding_boxes/…</c>.</summary>
    public static Dictionary<string, torch.Tensor> Call(LayerSpec spec, params (string Name, torch.Tensor Value)[] members)
    {
        var table = new CallTable([.. members.Select((member, index) => KeyValuePair.Create(member.Name, (CallValue)new CallTensor(index)))]);
        var form = CallForm.Bind(spec.CallParameters, [table], new Dictionary<string, CallValue>(), out _);
        Shape[] shapes = [.. members.Select(member => new Shape(member.Value.shape.Select(size => (long?)size)))];
        using var layer = LayerTable.Build(spec, new LayerContext("layer", shapes, spec.Trainable, new RandomStreams(1), torch.CPU) { Call = new CallSpec(form, shapes) });
        var outputs = layer.Apply(new CallContext(training: true).For(form, [.. members.Select(member => new KerasTensor(member.Value))]));
        Assert.Equal(layer.OutputShapes, outputs.Select(output => new Shape(output.Value.shape.Select(size => (long?)size))));
        return members.Zip(outputs).ToDictionary(pair => pair.First.Name, pair => pair.Second.Value);
    }

    /// <summary>Whether shapes and all values are the same.</summary>
    public static bool Same(this torch.Tensor one, torch.Tensor other) => one.shape.AsSpan().SequenceEqual(other.shape) && one.eq(other).all().item<bool>();

    /// <summary>All values.</summary>
    public static float[] Values(this torch.Tensor tensor) => tensor.detach().to(torch.float32).contiguous().data<float>().ToArray();
}
