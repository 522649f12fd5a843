using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Layers;

[Collection(TrainingCollection.Name)]
public sealed class GeometryTests
{
    private const int Rounds = 400;

    [Fact]
    public void Windows_of_any_size_step_and_spacing_give_the_shape_that_the_rule_promises()
    {
        var random = new System.Random(7);
        var computed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var axes = random.Next(1, 4);
            var spec = Draw(random, axes);
            var format = random.Next(2) == 0 ? DataFormat.ChannelsLast : DataFormat.ChannelsFirst;
            spec = spec with { DataFormat = format };
            long?[] space = [.. Enumerable.Range(0, axes).Select(_ => (long?)random.Next(1, 8))];
            var input = format == DataFormat.ChannelsLast ? new Shape([2, .. space, 2]) : new Shape([2, 2, .. space]);
            if (!Accepts(spec, input))
                continue;
            computed++;
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var layer = LayerTable.Build(spec, new LayerContext("layer", input, true, new RandomStreams(1), CPU));
            var y = layer.Apply(new KerasTensor(ones([.. input.Select(size => size!.Value)])), new CallContext(training: false)).Value;
            Assert.True(layer.OutputShape.Equals(new Shape(y.shape.Select(size => (long?)size))), $"{spec} for {input}: {layer.OutputShape} was promised. Received: ({string.Join(", ", y.shape)})");
            // A mean of ones is one, wherever the border is.
            if (spec is Contracts.Layers.AveragePooling or AdaptivePooling or GlobalPooling)
                Assert.True((y - 1).abs().max().item<float>() < 1e-5, $"{spec} for {input}: a mean of ones is not one");
        }
        Assert.True(computed > Rounds / 2, $"only {computed} of {Rounds} were computed");
    }

    [Fact]
    public void A_transposed_convolution_is_the_gradient_of_a_convolution()
    {
        var random = new System.Random(8);
        for (var round = 0; round < Rounds / 4; round++)
        {
            var axes = random.Next(1, 4);
            var padding = random.Next(2) == 0 ? Contracts.Layers.Padding.Valid : Contracts.Layers.Padding.Same;
            Sizes Numbers() => new(Enumerable.Range(0, axes).Select(_ => random.Next(1, 5)));
            var (window, strides) = (Numbers(), Numbers());
            Contracts.Layers.ConvTranspose back = axes switch { 1 => new Conv1DTranspose(3, window), 2 => new Conv2DTranspose(3, window), _ => new Conv3DTranspose(3, window) };
            Contracts.Layers.Conv forth = axes switch { 1 => new Conv1D(2, window), 2 => new Conv2D(2, window), _ => new Conv3D(2, window) };
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var x = rand([2, .. Enumerable.Range(0, axes).Select(_ => (long)random.Next(1, 5)), 2]);
            using var transposed = Build(back with { Strides = strides, Padding = padding, UseBias = false }, x);
            var y = Call(transposed, x);
            var z = rand_like(y);
            using var convolution = Build(forth with { Strides = strides, Padding = padding, UseBias = false }, z);
            // (window…, filters, in) of the one is (window…, in, filters) of the other.
            convolution.Weights[0].Assign(transposed.Weights[0].Value);
            var (there, here) = ((y * z).sum().item<float>(), (x * Call(convolution, z)).sum().item<float>());
            Assert.True(Math.Abs(there - here) < 1e-3 * Math.Max(1, Math.Abs(here)), $"window {window}, strides {strides}, {padding}: {there} and {here}");
        }

        static Layer Build(LayerSpec spec, Tensor x) =>
            LayerTable.Build(spec, new LayerContext("layer", new Shape(x.shape.Select(size => (long?)size)), true, new RandomStreams(1), CPU));

        static Tensor Call(Layer layer, Tensor x) => layer.Apply(new KerasTensor(x), new CallContext(training: false)).Value;
    }

    private static bool Accepts(LayerSpec spec, Shape input)
    {
        try
        {
            spec.CheckFields();
            return spec.OutputShape(input).Skip(1).All(size => size > 0);
        }
        catch (SpecException)
        {
            return false;
        }
    }

    private static Contracts.Layers.ImageLayer Draw(System.Random random, int axes)
    {
        var padding = random.Next(2) == 0 ? Contracts.Layers.Padding.Valid : Contracts.Layers.Padding.Same;
        var (window, strides) = (Numbers(1, 4), Numbers(1, 4));
        var dilation = strides.Max() > 1 ? Sizes.Same(axes, 1) : Numbers(1, 3);
        switch (random.Next(6))
        {
            case 0:
                Contracts.Layers.Conv conv = axes switch { 1 => new Conv1D(2, window), 2 => new Conv2D(2, window), _ => new Conv3D(2, window) };
                return conv with { Strides = strides, DilationRate = dilation, Padding = padding, Groups = random.Next(1, 3) };
            case 1:
                Contracts.Layers.ConvTranspose back = axes switch { 1 => new Conv1DTranspose(2, window), 2 => new Conv2DTranspose(2, window), _ => new Conv3DTranspose(2, window) };
                var added = random.Next(2) == 0 ? null : new Sizes(strides.Select(stride => random.Next(0, stride)));
                return back with { Strides = strides, DilationRate = dilation, Padding = padding, OutputPadding = added };
            case 2 when axes < 3:
                Contracts.Layers.DepthwiseConv depthwise = axes == 1 ? new DepthwiseConv1D(window) : new DepthwiseConv2D(window);
                return depthwise with { Strides = strides, DilationRate = Numbers(1, 3), Padding = padding, DepthMultiplier = 2 };
            case 3:
                Contracts.Layers.MaxPooling largest = axes switch { 1 => new MaxPooling1D(), 2 => new MaxPooling2D(), _ => new MaxPooling3D() };
                return largest with { PoolSize = window, Strides = strides, Padding = padding };
            case 4:
                AdaptivePooling parts = axes switch { 1 => new AdaptiveAveragePooling1D(window), 2 => new AdaptiveMaxPooling2D(window), _ => new AdaptiveMaxPooling3D(window) };
                return parts;
            default:
                Contracts.Layers.AveragePooling mean = axes switch { 1 => new AveragePooling1D(window), 2 => new AveragePooling2D(window), _ => new AveragePooling3D(window) };
                return mean with { Strides = strides, Padding = padding };
        }

        Sizes Numbers(int least, int below) => new(Enumerable.Range(0, axes).Select(_ => random.Next(least, below)));
    }
}
