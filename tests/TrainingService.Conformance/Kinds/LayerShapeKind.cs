using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Conformance.Kinds;

/// <summary>The shapes and weights of a layer, by its rule without torch and as the engine really makes them.</summary>
internal static class LayerShapeKind
{
    public static void Check(ConformanceCase given)
    {
        var spec = given.Spec<LayerSpec>();
        var (form, shapes) = Bind(spec, given);
        var call = new CallSpec(form, shapes);
        var inputs = shapes.Take(form.Inputs).ToList();
        var expected = Shapes(given["expected_output_shape"]);

        // The rule.
        var outputs = spec.OutputShapes(inputs, call);
        ConformanceCase.Same(string.Join(", ", expected), string.Join(", ", outputs), "output shape");
        CheckWeights(given, spec, spec.Weights(inputs, call));

        // The engine.
        using var noGrad = no_grad();
        var real = shapes.Select(shape => Known(shape, spec)).ToList();
        var dtypes = Dtypes(given, real.Count);
        var values = real.Zip(dtypes, (shape, dtype) => new KerasTensor(Example(shape, dtype))).ToArray();
        using var layer = LayerTable.Build(spec, new LayerContext("layer", [.. real.Take(form.Inputs)], spec.Trainable, new RandomStreams(1), CPU) { Call = new CallSpec(form, real) });
        var context = new CallContext(layer.TrainsByDefault).For(form, values);
        var results = layer.Apply(context);
        ConformanceCase.Same(expected.Count, results.Count, "number of outputs");
        foreach (var (shape, result) in expected.Zip(results))
        {
            if (!shape.IsCompatibleWith(CallCase.ShapeOf(result.Value)))
                throw new DifferenceException($"output of the engine: expected {shape}. Received: {CallCase.ShapeOf(result.Value)}.");
        }
        if (given.Has("supports_masking", out var masking))
            ConformanceCase.Same(masking.GetBoolean(), layer.SupportsMasking, "supports_masking");
        if (given.Has("expected_num_losses", out var losses))
            ConformanceCase.Same(losses.GetInt32(), context.Losses.Count + layer.Weights.Count(weight => weight.Regularizer is not null), "number of losses");
    }

    private static void CheckWeights(ConformanceCase given, LayerSpec spec, IReadOnlyList<WeightSpec> weights)
    {
        ConformanceCase.Same(
            string.Join(", ", given["weight_shapes"].EnumerateArray().Select(Describe)),
            string.Join(", ", weights.Zip(given["weight_shapes"].EnumerateArray().Concat(Enumerable.Repeat(default(JsonElement), weights.Count)), Describe)), "weights");
        var trained = weights.Where(weight => weight.Trainable && spec.Trainable).ToList();
        if (given.Has("params", out var count))
            ConformanceCase.Same(count.GetInt64(), Elements(weights), "params");
        if (given.Has("trainable_params", out count))
            ConformanceCase.Same(count.GetInt64(), Elements(trained), "trainable params");
        if (given.Has("expected_num_trainable_weights", out count))
            ConformanceCase.Same(count.GetInt32(), trained.Count, "number of trainable weights");
    }

    private static long Elements(IEnumerable<WeightSpec> weights) => weights.Sum(weight => (long)weight.Shape.Elements!);

    private static string Describe(JsonElement weight) =>
        $"{(weight.Has("path", out var path) ? path.GetString() : "")}{Shapes(weight.GetProperty("shape"))[0]}";

    /// <summary>A weight of ours, with as much as the case says of its weight at the same place.</summary>
    private static string Describe(WeightSpec weight, JsonElement beside)
    {
        if (beside.ValueKind != JsonValueKind.Object)
            return $"{weight.Name}{weight.Shape}";
        var path = beside.Has("path", out var given) ? given.GetString()! : "";
        // Keras's tests share inner layers between layers: their variables keep the path of the first one, with its running numbers.
        return $"{(path.Length == 0 || IsPathOf(path, weight.Name) ? path : weight.Name)}{weight.Shape}";
    }

    private static bool IsPathOf(string path, string name) => $"/{WithoutNumbers(path)}".EndsWith($"/{WithoutNumbers(name)}", StringComparison.Ordinal);

    private static string WithoutNumbers(string path) => string.Join('/', path.Split('/').Select(part => part.TrimEnd("0123456789".ToCharArray()).TrimEnd('_')));

    private static (CallForm Form, IReadOnlyList<Shape> Shapes) Bind(LayerSpec spec, ConformanceCase given)
    {
        List<Shape> read = [];
        var named = new Dictionary<string, CallValue>();
        var args = new List<CallValue>();
        if (given["input_shape"].ValueKind == JsonValueKind.Object)
        {
            // {"query_shape": …, "value_shape": …}: one shape per parameter.
            foreach (var member in given["input_shape"].EnumerateObject())
                named[member.Name.EndsWith("_shape", StringComparison.Ordinal) ? member.Name[..^"_shape".Length] : member.Name] = Argument(member.Value, read);
        }
        else
        {
            args.Add(Argument(given["input_shape"], read));
        }
        if (given.Has("call_kwargs", out var kwargs))
        {
            foreach (var member in kwargs.EnumerateObject())
                named[member.Name] = new CallConstant(member.Value.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Number => member.Value.GetDouble(),
                    _ => member.Value.GetString(),
                });
        }
        var form = CallForm.Bind(spec.CallParameters, args, named, out var order);
        return (form, [.. order.Select(number => read[number])]);
    }

    private static CallValue Argument(JsonElement json, List<Shape> read)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0 && json[0].ValueKind == JsonValueKind.Array)
            return new CallList([.. json.EnumerateArray().Select(item => Argument(item, read))]);
        read.Add(new Shape(json.EnumerateArray().Select(Size)));
        return new CallTensor(read.Count - 1);
    }

    /// <summary>One shape, or several.</summary>
    private static List<Shape> Shapes(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => [.. json.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).SelectMany(member => Shapes(member.Value))],
        JsonValueKind.Array when json.GetArrayLength() > 0 && json[0].ValueKind is JsonValueKind.Array or JsonValueKind.Object => [.. json.EnumerateArray().SelectMany(Shapes)],
        _ => [new Shape(json.EnumerateArray().Select(Size))],
    };

    private static long? Size(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.GetInt64();

    /// <summary>Batches of 2, and 12 along every other axis that may be of any size; a whole frame of samples.</summary>
    private static Shape Known(Shape shape, LayerSpec spec)
    {
        var length = spec is Contracts.Layers.STFTSpectrogram stft ? stft.FrameLength : 12L;
        return new Shape(shape.Select((size, axis) => size ?? (axis == 0 ? 2L : length)).Cast<long?>());
    }

    private static List<string> Dtypes(ConformanceCase given, int count)
    {
        var json = given.Has("input_dtype", out var dtype) ? dtype : default;
        return json.ValueKind == JsonValueKind.Array
            ? [.. json.EnumerateArray().Select(item => item.GetString()!)]
            : [.. Enumerable.Repeat(json.ValueKind == JsonValueKind.String ? json.GetString()! : "float32", count)];
    }

    private static Tensor Example(Shape shape, string dtype)
    {
        long[] sizes = [.. shape.Select(size => size!.Value)];
        return dtype.StartsWith("float", StringComparison.Ordinal) ? rand(sizes) : dtype == "bool" ? ones(sizes, @bool) : zeros(sizes, int64);
    }
}
