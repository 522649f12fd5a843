using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Operations;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Operations;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Operations;

/// <summary>Every operation of a graph: the promised shape is the real one, and the values of those that are easy to get wrong.</summary>
[Collection(TrainingCollection.Name)]
public class OperationTests
{
    private static readonly Dictionary<string, (string Name, CallValue Value)[]> Arguments = new()
    {
        ["Reshape"] = [("newshape", Ints(-1, 6))], ["ExpandDims"] = [("axis", Int(1))], ["Squeeze"] = [("axis", Int(0))], ["Transpose"] = [("axes", Ints(2, 0, 1))],
        ["Swapaxes"] = [("axis1", Int(0)), ("axis2", Int(-1))], ["Moveaxis"] = [("source", Int(0)), ("destination", Int(-1))], ["Cast"] = [("dtype", new CallConstant("int32"))],
        ["Clip"] = [("x_min", new CallConstant(0.2)), ("x_max", new CallConstant(0.5))], ["Split"] = [("indices_or_sections", Int(3)), ("axis", Int(-1))], ["Unstack"] = [("axis", Int(1))],
        ["Repeat"] = [("repeats", Int(2)), ("axis", Int(1))], ["Tile"] = [("repeats", Ints(2, 1, 1, 3))], ["BroadcastTo"] = [("shape", Ints(5, 1, 2, 3))],
        ["Pad"] = [("pad_width", new CallList([Ints(0, 0), Ints(1, 2), Ints(2, 1)])), ("mode", new CallConstant("symmetric"))], ["GetItem"] = [("key", new CallList([new CallEllipsis(), CallValue.None, new CallSlice(-2, null, null)]))],
        ["Take"] = [("indices", Ints(0, 2, 2, 1)), ("axis", Int(-1))], ["OneHot"] = [("num_classes", Int(4)), ("axis", Int(1))], ["Where"] = [("x1", new CallConstant(1.0)), ("x2", new CallConstant(2.0))],
        ["Roll"] = [("shift", Int(1)), ("axis", Int(-1))], ["Matmul"] = [("x2", Array(3, 5))], ["Mean"] = [("axis", Ints(0, -1))], ["Prod"] = [("axis", Ints(1)), ("keepdims", new CallConstant(true))],
        ["Logsumexp"] = [("axis", Ints(0, 2))], ["Argmax"] = [("axis", Int(-1)), ("keepdims", new CallConstant(true))], ["Sum"] = [("axis", Int(1)), ("keepdims", new CallConstant(true))],
    };

    public static TheoryData<string> Names => new(OperationTable.Names.Order());

    [Fact]
    public void Every_operation_of_the_table_has_a_function() => Assert.Equal(OperationTable.Names.Order(), OperationFunctions.Names.Order());

    [Theory, MemberData(nameof(Names))]
    public void The_promised_shape_is_the_real_one(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        // Values below 1, with which every function is defined; a list of tensors where the operation takes one.
        var x = name is "Arccosh" ? torch.rand(1, 2, 3) + 1 : torch.rand(1, 2, 3);
        KerasTensor[] inputs = name is "Concatenate" or "Stack" ? [new(x), new(torch.rand(1, 2, 3))] : [new(x)];
        var parameters = new Operation("keras.src.ops.numpy", name, new Dictionary<string, CallValue>()).CallParameters;
        var given = Arguments.GetValueOrDefault(name) ?? (parameters.Contains("x2") ? [("x2", Array(2, 3))] : []);

        var outputs = Call(name, inputs, given, out var promised);

        Assert.Equal(promised.Select(shape => shape.ToString()), outputs.Select(output => new Shape(output.shape.Select(size => (long?)size)).ToString()));
        Assert.All(outputs, output => Assert.True(output.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Values_are_those_of_Keras()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(new float[] { -1, 0, 2, 5 }, 2, 2);
        Close([-2, 0, 4, 10], Call("Multiply", x, ("x2", Int(2))));
        Close([-1, 0, 1, 2], Call("FloorDivide", x, ("x2", new CallConstant(2.0))));
        Close([0, 1, 0, 0], Call("Equal", x, ("x2", Int(0))));
        Close([1.0, 6.5], Call("Var", torch.tensor(new float[] { 0, 2, 1, 5, 4, 9 }, 2, 3).narrow(1, 0, 2), ("axis", Int(1))).mul(torch.tensor(new[] { 1f, 26f })));
        Close([0, 2, 1, 1], Call("GetItem", torch.arange(4, dtype: torch.float32), ("key", new CallSlice(null, null, 2))).tile([2L]).mul(torch.tensor(new[] { 1f, 1f, 1f, 0.5f })).add(torch.tensor(new[] { 0f, 0f, 1f, 0f })));
        Close([1, 1, 2, 2, 1], Call("Pad", torch.tensor(new float[] { 1, 2 }), ("pad_width", Ints(1, 2)), ("mode", new CallConstant("symmetric"))));
        Close([0.6, 0.8], Call("Normalize", torch.tensor(new float[] { 3, 4 })));
        Close([0.841192], Call("Gelu", torch.ones(1)));
        Close([0.841345], Call("Gelu", torch.ones(1), ("approximate", new CallConstant(false))));
        Close([0, 0.75], Call("DivideNoNan", torch.tensor(new float[] { 4, 3 }), ("x2", new CallArray(new Shape(2), [0, 4], "float32"))));
    }

    private static void Close(double[] expected, torch.Tensor actual) =>
        Assert.True(torch.allclose(torch.tensor(expected, dtype: torch.float32).reshape(actual.shape), actual.to(torch.float32), 1e-5, 1e-5), actual.ToString(TensorStringStyle.Numpy));

    private static torch.Tensor Call(string name, torch.Tensor x, params (string Name, CallValue Value)[] given) => Call(name, [new KerasTensor(x)], given, out _)[0];

    private static List<torch.Tensor> Call(string name, KerasTensor[] inputs, (string Name, CallValue Value)[] given, out IReadOnlyList<Shape> promised)
    {
        var spec = new Operation("keras.src.ops.numpy", name, given.ToDictionary(argument => argument.Name, argument => argument.Value));
        var shapes = inputs.Select(input => new Shape(input.Value.shape.Select(size => (long?)size))).ToList();
        var form = CallForm.OfInputs(inputs.Length);
        using var layer = new OperationLayer(spec, new LayerContext("operation", shapes, true, new RandomStreams(1), torch.CPU) { Call = new CallSpec(form, shapes) });
        promised = layer.OutputShapes;
        return [.. layer.Apply(new CallContext(training: false).For(form, inputs)).Select(output => output.Value.clone())];
    }

    private static CallConstant Int(long value) => new(value);

    private static CallList Ints(params long[] values) => new([.. values.Select(Int)]);

    private static CallArray Array(params long[] sizes) =>
        new(new Shape(sizes.Select(size => (long?)size)), [.. Enumerable.Range(1, (int)sizes.Aggregate(1L, (product, size) => product * size)).Select(i => i / 10.0)], "float32");
}
