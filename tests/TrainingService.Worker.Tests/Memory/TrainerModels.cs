namespace TrainingService.Worker.Tests.Memory;

/// <summary>Jobs of the usual kinds, over rows of noise.</summary>
internal sealed record TrainerModel(string Name, int Height, int Width, string Reshape, string Layers, string Optimizer = "adam", string Extra = "")
{
    public string Job(int batch) => $$"""
        {
          "model": {"class_name": "Sequential", "config": {"layers": [{{Layers}}] } },
          "compile": {"optimizer": "{{Optimizer}}", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
          "data": {"train": {"dataset": "noise", "pipeline": [{"map": {"class_name": "Reshape", "config": {"target_shape": [{{Reshape}}] } } }, {"batch": {"batch_size": {{batch}} } }, {"prefetch": {} }] } },
          "fit": {"epochs": 3}, {{Extra}} "seed": 1
        }
        """;
}

internal static class TrainerModels
{
    private const string Classes = """{"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}""";

    private const string Rescaling = """{"class_name": "Rescaling", "config": {"scale": 0.00392156862745098}}""";

    public static IReadOnlyList<TrainerModel> All { get; } =
    [
        new("cnn", 28, 28, "28, 28, 1", Join(Rescaling, Conv(32, "valid"), Pool, Conv(64, "valid"), Pool, Flatten, Dropout, Classes)),
        new("mlp", 28, 28, "784", Join(Rescaling, Dense(2048), Dropout, Dense(2048), Dropout, Classes)),
        new("lstm", 1, 200, "200", Join("""{"class_name": "Embedding", "config": {"input_dim": 20000, "output_dim": 128}}""", """{"class_name": "LSTM", "config": {"units": 128}}""", Classes)),
        new("gru", 1, 100, "100", Join(
            """{"class_name": "Embedding", "config": {"input_dim": 5000, "output_dim": 64}}""",
            """{"class_name": "Bidirectional", "config": {"layer": {"class_name": "GRU", "config": {"units": 64, "return_sequences": true, "recurrent_dropout": 0.2}}}}""",
            """{"class_name": "GlobalMaxPooling1D", "config": {}}""", Classes)),
        new("vgg", 64, 192, "64, 64, 3", Join(
            Rescaling, Conv(64), Conv(64), Pool, Conv(128), Conv(128), Pool, Conv(256), Conv(256), Pool, Flatten, Dense(512), Dropout, Classes)),
        new("norm", 32, 96, "32, 32, 3", Join(
            Rescaling, Conv(64), Norm, Relu, Conv(64), Norm, Relu, Conv(128), Norm, Relu, """{"class_name": "GlobalAveragePooling2D", "config": {}}""", Classes), "rmsprop"),
        new("transformer", 1, 128, "128", Join(
            """{"class_name": "Embedding", "config": {"input_dim": 8000, "output_dim": 256}}""", Block(0), Block(0), """{"class_name": "GlobalAveragePooling1D", "config": {}}""", Classes)),
        new("dropped", 1, 128, "128", Join(
            """{"class_name": "Embedding", "config": {"input_dim": 8000, "output_dim": 256}}""", Block(0.1), """{"class_name": "GlobalAveragePooling1D", "config": {}}""", Classes)),
        new("half", 32, 96, "32, 32, 3", Join(Rescaling, Conv(64), Conv(64), Pool, Conv(128), Flatten, Dense(256), Classes), Extra: "\"resources\": {\"mixed_precision\": \"mixed_bfloat16\"},"),
        new("mirrored", 28, 28, "784", Join(Rescaling, Dense(2048), Dense(2048), Classes), Extra: "\"resources\": {\"strategy\": \"mirrored\", \"replicas\": 2},"),
    ];

    private const string Pool = """{"class_name": "MaxPooling2D", "config": {}}""";
    private const string Flatten = """{"class_name": "Flatten", "config": {}}""";
    private const string Dropout = """{"class_name": "Dropout", "config": {"rate": 0.5}}""";
    private const string Norm = """{"class_name": "BatchNormalization", "config": {}}""";
    private const string Relu = """{"class_name": "ReLU", "config": {}}""";

    private static string Conv(int filters, string padding = "same") =>
        $$"""{"class_name": "Conv2D", "config": {"filters": {{filters}}, "kernel_size": 3, "padding": "{{padding}}", "activation": "relu"} }""";

    private static string Dense(int units) => $$"""{"class_name": "Dense", "config": {"units": {{units}}, "activation": "relu"} }""";

    private static string Join(params string[] layers) => string.Join(", ", layers);

    /// <summary>Attention and a dense part, each with what came in added and normalized, as a model inside.</summary>
    private static string Block(double dropout)
    {
        return $$"""
            {"class_name": "Functional", "config": {"layers": [
              {"class_name": "InputLayer", "config": {"batch_shape": [null, 128, 256], "name": "x"}, "name": "x", "inbound_nodes": []},
              {"class_name": "MultiHeadAttention", "config": {"num_heads": 8, "key_dim": 32, "dropout": {{dropout.ToString(System.Globalization.CultureInfo.InvariantCulture)}}, "name": "a"}, "name": "a", "inbound_nodes": [
                {"args": [{{Tensor("x")}}, {{Tensor("x")}}], "kwargs": {} }]},
              {"class_name": "Add", "config": {"name": "s"}, "name": "s", "inbound_nodes": [{"args": [[{{Tensor("x")}}, {{Tensor("a")}}]], "kwargs": {} }]},
              {"class_name": "LayerNormalization", "config": {"name": "n"}, "name": "n", "inbound_nodes": [{"args": [{{Tensor("s")}}], "kwargs": {} }]},
              {"class_name": "Dense", "config": {"units": 1024, "activation": "gelu", "name": "d"}, "name": "d", "inbound_nodes": [{"args": [{{Tensor("n")}}], "kwargs": {} }]},
              {"class_name": "Dense", "config": {"units": 256, "name": "e"}, "name": "e", "inbound_nodes": [{"args": [{{Tensor("d", 1024)}}], "kwargs": {} }]},
              {"class_name": "Add", "config": {"name": "t"}, "name": "t", "inbound_nodes": [{"args": [[{{Tensor("n")}}, {{Tensor("e")}}]], "kwargs": {} }]},
              {"class_name": "LayerNormalization", "config": {"name": "m"}, "name": "m", "inbound_nodes": [{"args": [{{Tensor("t")}}], "kwargs": {} }]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["m", 0, 0]]} }
            """;
    }

    private static string Tensor(string layer, int size = 256) =>
        $$"""{"class_name": "__keras_tensor__", "config": {"shape": [null, 128, {{size}}], "dtype": "float32", "keras_history": ["{{layer}}", 0, 0]} }""";
}
