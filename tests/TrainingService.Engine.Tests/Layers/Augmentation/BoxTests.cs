using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Layers.Augmentation;

/// <summary>Boxes and masks follow the images.</summary>
[Collection(TrainingCollection.Name)]
public sealed class BoxTests
{
    private const int Height = 24, Width = 32;

    /// <summary>Layers that move pixels, so that the frame around a bright rectangle is to be where the rectangle is.</summary>
    public static TheoryData<int> Moving => new(Enumerable.Range(0, Specs.Length));

    private static readonly ImageLayerSpec[] Specs =
    [
        new RandomFlip(FlipMode.Horizontal, 1), new RandomFlip(Seed: 2),
        new RandomTranslation(new Factor(0.125, 0.125), new Factor(-0.125, -0.125), FillMode.Constant, SampleInterpolation.Nearest),
        new RandomZoom(new Factor(0.5, 0.5), null, FillMode.Constant), new RandomZoom(new Factor(-0.3, -0.3), null, FillMode.Constant),
        new RandomRotation(new Factor(0.25, 0.25), FillMode.Constant),
        new Resizing(48, 16), new CenterCrop(20, 24),
    ];

    [Theory, MemberData(nameof(Moving))]
    public void The_box_is_where_the_rectangle_is(int number)
    {
        using var scope = NewDisposeScope();
        foreach (var format in Enum.GetValues<BoundingBoxFormat>())
        {
            var (images, boxes) = Rectangle(format);
            var output = Made.Call(
                Specs[number] with { BoundingBoxFormat = format }, ("bounding_boxes/boxes", boxes), ("bounding_boxes/labels", zeros([1, 1], int64)), ("images", images));
            var moved = output["images"];
            var bright = moved.squeeze().greater(0.5).nonzero();
            var expected = new[] { bright.min(0).values[1], bright.min(0).values[0], bright.max(0).values[1] + 1, bright.max(0).values[0] + 1 }.Select(edge => (float)edge.item<long>());
            var corners = Engine.Layers.Boxes.ToCorners(output["bounding_boxes/boxes"], format, moved.shape[1], moved.shape[2]).Values();
            Assert.All(expected.Zip(corners), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1.6, $"{Specs[number]}, {format}: {string.Join(" ", expected)} against {string.Join(" ", corners)}"));
            Assert.Equal(0, output["bounding_boxes/labels"].item<long>());
        }
    }

    [Fact]
    public void Masks_keep_their_classes()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var masks = randint(0, 3, [4, Height, Width, 1], generator: generator);
        var images = masks.to(float32);
        var spec = new RandomRotation(new Factor(0.3), FillMode.Reflect, SampleInterpolation.Nearest, 4);
        var output = Made.Call(spec, ("images", images), ("segmentation_masks", masks));
        Assert.Equal(int64, output["segmentation_masks"].dtype);
        Assert.True(output["images"].Same(output["segmentation_masks"].to(float32)));
        Assert.False(output["images"].Same(images));
    }

    [Fact]
    public void Boxes_are_brought_to_one_number()
    {
        using var scope = NewDisposeScope();
        var spec = new MaxNumBoundingBoxes(3) { BoundingBoxFormat = BoundingBoxFormat.Xyxy };
        var output = Made.Call(spec, ("bounding_boxes/boxes", ones(2, 1, 4)), ("bounding_boxes/labels", ones([2, 1], int64)), ("images", ones(2, 4, 4, 1)));
        Assert.Equal([1, -1, -1, 1, -1, -1], output["bounding_boxes/labels"].Values());
        Assert.Equal([2, 3, 4], output["bounding_boxes/boxes"].shape);
    }

    [Fact]
    public void Boxes_without_a_format_and_unknown_members_are_refused()
    {
        var shapes = new[] { new Shape(2, 1, 4), new Shape(2, 1), new Shape(2, 4, 4, 1) };
        Assert.Contains("format", Assert.Throws<SpecException>(() => Ask(new RandomFlip(), shapes, "bounding_boxes/boxes", "bounding_boxes/labels", "images")).Message);
        Assert.Contains("weights", Assert.Throws<SpecException>(() => Ask(new RandomFlip(), shapes[1..], "weights", "images")).Message);
        Assert.Contains("cannot cut", Assert.Throws<SpecException>(
            () => Ask(new CutMix { BoundingBoxFormat = BoundingBoxFormat.Xyxy }, shapes, "bounding_boxes/boxes", "bounding_boxes/labels", "images")).Message);
    }

    private static void Ask(LayerSpec spec, Shape[] shapes, params string[] names)
    {
        var table = new CallTable([.. names.Select((name, index) => KeyValuePair.Create(name, (CallValue)new CallTensor(index)))]);
        var form = CallForm.Bind(spec.CallParameters, [table], new Dictionary<string, CallValue>(), out _);
        spec.OutputShapes(shapes, new CallSpec(form, shapes));
    }

    /// <summary>A bright rectangle on black, and its box.</summary>
    private static (Tensor Images, Tensor Boxes) Rectangle(BoundingBoxFormat format)
    {
        var images = zeros(1, Height, Width, 1);
        images.narrow(1, 8, 6).narrow(2, 10, 9).fill_(1);
        var corners = tensor(new[] { 10f, 8, 19, 14 }).view(1, 1, 4);
        return (images, Engine.Layers.Boxes.FromCorners(corners, format, Height, Width));
    }
}
