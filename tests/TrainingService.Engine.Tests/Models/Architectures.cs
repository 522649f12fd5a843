using System.Text.Json.Nodes;

namespace TrainingService.Engine.Tests.Models;

/// <summary>Small models of well-known families, none of which is a case of the conformance set.</summary>
internal static class Architectures
{
    public sealed record Sample(KerasGraph Graph, string Json, params Node[] Outputs);

    public static readonly Dictionary<string, Func<Sample>> All = new()
    {
        ["ResNet"] = ResNet, ["MobileNet"] = MobileNet, ["DenseNet"] = DenseNet, ["Inception"] = Inception, ["UNet"] = UNet,
        ["EfficientNet"] = EfficientNet, ["Seq2Seq"] = Seq2Seq, ["Transformer"] = Transformer,
    };

    private static Sample ResNet()
    {
        var graph = new KerasGraph("resnet");
        var x = graph.Relu(graph.Norm(graph.Conv(Image(graph), 8, 7, 2, bias: false)));
        x = graph.Pool(x, "Max", 3, 2);
        foreach (var (filters, strides) in new[] { (8, 1), (16, 2) })
        {
            var shortcut = strides == 1 ? x : graph.Norm(graph.Conv(x, filters, 1, strides, bias: false));
            var inner = graph.Relu(graph.Norm(graph.Conv(x, filters, 3, strides, bias: false)));
            x = graph.Activate(graph.Add(shortcut, graph.Norm(graph.Conv(inner, filters, 3, bias: false))), "relu");
        }
        return Classifier(graph, x);
    }

    private static Sample MobileNet()
    {
        var graph = new KerasGraph("mobilenet");
        var x = graph.Relu(graph.Norm(graph.Conv(Image(graph), 8, 3, 2, bias: false)), 6);
        foreach (var strides in new[] { 1, 2 })
        {
            var inner = graph.Relu(graph.Norm(graph.Conv(x, 24, 1, bias: false)), 6);
            inner = graph.Relu(graph.Norm(graph.Depthwise(inner, 3, strides)), 6);
            inner = graph.Norm(graph.Conv(inner, 8, 1, bias: false));
            x = strides == 1 ? graph.Add(x, inner) : inner;
        }
        return Classifier(graph, x);
    }

    private static Sample DenseNet()
    {
        var graph = new KerasGraph("densenet");
        var x = graph.Conv(Image(graph), 6, 3, 2, bias: false);
        for (var block = 0; block < 2; block++)
        {
            for (var layer = 0; layer < 3; layer++)
            {
                var grown = graph.Conv(graph.Activate(graph.Norm(x), "relu"), 8, 1, bias: false);
                x = graph.Concat(x, graph.Conv(graph.Activate(graph.Norm(grown), "relu"), 4, 3, bias: false));
            }
            x = graph.Pool(graph.Conv(graph.Activate(graph.Norm(x), "relu"), (int)x.Channels / 2, 1, bias: false), "Average", 2, 2);
        }
        return Classifier(graph, x);
    }

    private static Sample Inception()
    {
        var graph = new KerasGraph("inception");
        var x = graph.Conv(Image(graph), 8, 3, 2, "relu");
        for (var block = 0; block < 2; block++)
        {
            x = graph.Concat(
                graph.Conv(x, 4, 1, activation: "relu"),
                graph.Conv(graph.Conv(x, 4, 1, activation: "relu"), 6, 3, activation: "relu"),
                graph.Conv(graph.Conv(x, 2, 1, activation: "relu"), 4, 5, activation: "relu"),
                graph.Conv(graph.Pool(x, "Max", 3, 1), 4, 1, activation: "relu"));
        }
        return Classifier(graph, x);
    }

    private static Sample UNet()
    {
        var graph = new KerasGraph("unet");
        var top = graph.Conv(Image(graph), 4, 3, activation: "relu");
        var middle = graph.Conv(graph.Pool(top, "Max", 2, 2), 8, 3, activation: "relu");
        var bottom = graph.Conv(graph.Pool(middle, "Max", 2, 2), 16, 3, activation: "relu");
        var up = graph.Conv(graph.Concat(graph.Up(bottom, "nearest"), middle), 8, 3, activation: "relu");
        up = graph.Conv(graph.Concat(graph.Up(up, "bilinear"), top), 4, 3, activation: "relu");
        return Done(graph, graph.Conv(up, 1, 1, activation: "sigmoid"));
    }

    private static Sample EfficientNet()
    {
        var graph = new KerasGraph("efficientnet");
        var x = graph.Activate(graph.Norm(graph.Conv(Image(graph), 6, 3, 2, bias: false)), "silu");
        for (var block = 0; block < 2; block++)
        {
            var inner = graph.Activate(graph.Norm(graph.Conv(x, 12, 1, bias: false)), "silu");
            inner = graph.Activate(graph.Norm(graph.Depthwise(inner, 5)), "silu");
            var gate = graph.Reshape(graph.GlobalAverage(inner), 1, 1, 12);
            gate = graph.Conv(graph.Conv(gate, 3, 1, activation: "silu"), 12, 1, activation: "sigmoid");
            x = graph.Add(x, graph.Norm(graph.Conv(graph.Multiply(inner, gate), 6, 1, bias: false)));
        }
        return Classifier(graph, x);
    }

    /// <summary>The decoder begins with the encoder's state; what the source is padded with does not count.</summary>
    private static Sample Seq2Seq()
    {
        const int units = 8, width = 6;
        var graph = new KerasGraph("seq2seq");
        var (source, target) = (graph.Input("source", "int32", null, null), graph.Input("target", "int32", null, null));
        var encoded = graph.Layer("Embedding", $$"""{"input_dim": 12, "output_dim": {{width}}, "mask_zero": true}""", [null, null, width], 12 * width, source);
        var mask = KerasGraph.Tensor(graph.NotZero(source));
        var state = graph.Layer(
            "LSTM", $$"""{"units": {{units}}, "return_state": true}""", [[null, units], [null, units], [null, units]], Lstm(width, units), KerasGraph.Tensor(encoded),
            """{"training": false}""", ("mask", mask));
        var begun = graph.Layer("Embedding", $$"""{"input_dim": 15, "output_dim": {{width}}, "mask_zero": false}""", [null, null, width], 15 * width, target);
        var decoded = graph.Layer(
            "LSTM", $$"""{"units": {{units}}, "return_sequences": true, "return_state": true}""", [[null, null, units], [null, units], [null, units]], Lstm(width, units),
            KerasGraph.Tensor(begun), """{"training": false, "mask": null}""", ("initial_state", new JsonArray(KerasGraph.Tensor(state[1]), KerasGraph.Tensor(state[2]))));
        return Done(graph, graph.Dense(decoded[0], 15, "softmax"));
    }

    /// <summary>An encoder of two blocks; what the tokens are padded with neither is attended to nor counts in the mean.</summary>
    private static Sample Transformer()
    {
        const int width = 8, heads = 2, size = 4, hidden = 12;
        var graph = new KerasGraph("transformer");
        var tokens = graph.Input("tokens", "int32", null, null);
        var x = graph.Layer("Embedding", $$"""{"input_dim": 20, "output_dim": {{width}}, "mask_zero": true}""", [null, null, width], 20 * width, tokens);
        var mask = graph.NotZero(tokens);
        for (var block = 0; block < 2; block++)
        {
            // Three projections into the heads and one out of them.
            var attended = graph.Layer(
                "MultiHeadAttention", $$"""{"num_heads": {{heads}}, "key_dim": {{size}}, "dropout": 0.0}""", [x.Shape], 4 * width * heads * size + 3 * heads * size + width,
                KerasGraph.Tensor(x), """{"use_causal_mask": false}""",
                ("value", KerasGraph.Tensor(x)), ("query_mask", KerasGraph.Tensor(mask)), ("value_mask", KerasGraph.Tensor(mask)))[0];
            x = Normal(graph.Add(x, attended));
            x = Normal(graph.Add(x, graph.Dense(graph.Dense(x, hidden, "gelu"), width)));
        }
        var mean = graph.Layer("GlobalAveragePooling1D", """{"keepdims": false}""", [[null, width]], 0, KerasGraph.Tensor(x), "{}", ("mask", KerasGraph.Tensor(mask)))[0];
        return Done(graph, graph.Dense(mean, 5, "softmax"));

        Node Normal(Node sum) => graph.Layer("LayerNormalization", """{"axis": -1, "epsilon": 1e-06}""", sum.Shape, 2 * width, sum);
    }

    private static long Lstm(int width, int units) => 4 * (width + units + 1) * units;

    private static Node Image(KerasGraph graph) => graph.Input("image", "float32", null, 16, 16, 3);

    private static Sample Classifier(KerasGraph graph, Node x) => Done(graph, graph.Dense(graph.GlobalAverage(x), 5, "softmax"));

    private static Sample Done(KerasGraph graph, Node output) => new(graph, graph.Json(output), output);
}
