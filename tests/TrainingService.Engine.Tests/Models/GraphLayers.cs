namespace TrainingService.Engine.Tests.Models;

/// <summary>The layers that image models are made of, with the shapes and parameters that follow from what they are.</summary>
internal static class GraphLayers
{
    public static Node Conv(this KerasGraph graph, Node x, int filters, int size, int strides = 1, string activation = "linear", bool bias = true) => graph.Layer(
        "Conv2D",
        $$"""{"filters": {{filters}}, "kernel_size": [{{size}}, {{size}}], "strides": [{{strides}}, {{strides}}], "padding": "same", "activation": "{{activation}}", "use_bias": {{(bias ? "true" : "false")}} }""",
        Strided(x, strides, filters), size * size * x.Channels * filters + (bias ? filters : 0), x);

    public static Node Depthwise(this KerasGraph graph, Node x, int size, int strides = 1) => graph.Layer(
        "DepthwiseConv2D", $$"""{"kernel_size": [{{size}}, {{size}}], "strides": [{{strides}}, {{strides}}], "padding": "same", "use_bias": false, "depth_multiplier": 1}""",
        Strided(x, strides, x.Channels), size * size * x.Channels, x);

    public static Node Norm(this KerasGraph graph, Node x) => graph.Layer("BatchNormalization", """{"axis": -1, "momentum": 0.99, "epsilon": 0.001}""", x.Shape, 4 * x.Channels, x);

    public static Node Activate(this KerasGraph graph, Node x, string activation) => graph.Layer("Activation", $$"""{"activation": "{{activation}}"}""", x.Shape, 0, x);

    public static Node Relu(this KerasGraph graph, Node x, double? max = null) =>
        graph.Layer("ReLU", $$"""{"max_value": {{(max is null ? "null" : max)}}, "negative_slope": 0.0, "threshold": 0.0}""", x.Shape, 0, x);

    public static Node Add(this KerasGraph graph, params Node[] parts) => graph.Layer("Add", "{}", parts[0].Shape, 0, parts);

    public static Node Multiply(this KerasGraph graph, Node x, Node scale) => graph.Layer("Multiply", "{}", x.Shape, 0, x, scale);

    public static Node Concat(this KerasGraph graph, params Node[] parts) =>
        graph.Layer("Concatenate", """{"axis": -1}""", [.. parts[0].Shape[..^1], parts.Sum(part => part.Channels)], 0, parts);

    public static Node Pool(this KerasGraph graph, Node x, string kind, int size, int strides) => graph.Layer(
        $"{kind}Pooling2D", $$"""{"pool_size": [{{size}}, {{size}}], "strides": [{{strides}}, {{strides}}], "padding": "same"}""", Strided(x, strides, x.Channels), 0, x);

    public static Node Up(this KerasGraph graph, Node x, string interpolation) => graph.Layer(
        "UpSampling2D", $$"""{"size": [2, 2], "interpolation": "{{interpolation}}"}""", [x.Shape[0], 2 * x.Shape[1], 2 * x.Shape[2], x.Channels], 0, x);

    public static Node GlobalAverage(this KerasGraph graph, Node x) => graph.Layer("GlobalAveragePooling2D", """{"keepdims": false}""", [x.Shape[0], x.Channels], 0, x);

    public static Node Reshape(this KerasGraph graph, Node x, params long?[] target) =>
        graph.Layer("Reshape", $$"""{"target_shape": [{{string.Join(", ", target)}}]}""", [x.Shape[0], .. target], 0, x);

    public static Node Dense(this KerasGraph graph, Node x, int units, string activation = "linear") =>
        graph.Layer("Dense", $$"""{"units": {{units}}, "activation": "{{activation}}"}""", [.. x.Shape[..^1], units], x.Channels * units + units, x);

    /// <summary>With padding "same" a size is divided by the stride, rounded up.</summary>
    private static long?[] Strided(Node x, int strides, long channels) =>
        [x.Shape[0], .. x.Shape[1..^1].Select(size => (size + strides - 1) / strides), channels];
}
