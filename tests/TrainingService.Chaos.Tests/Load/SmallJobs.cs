using System.Text.Json.Nodes;

namespace TrainingService.Chaos.Tests.Load;

/// <summary>Jobs that last a second or a few, each kind with a seed of its own: the same bytes come out of every undisturbed run.</summary>
internal static class SmallJobs
{
    /// <summary>Of which there is a calm run to compare with.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["dense", "dropout", "convolution"];

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="name">Name of the job, by which it is found again.</param>
    /// <param name="epochs">Null takes the kind's own number, for which the calm run stands.</param>
    public static string Of(string kind, string name, int? epochs = null)
    {
        var (layers, seed, usual) = kind switch
        {
            "dense" => (Flatten, 1, 12),
            "dropout" => (Flatten + Dropout, 2, 10),
            "convolution" => (Convolution, 3, 5),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"expected one of {string.Join(", ", Kinds)}"),
        };
        var job = JsonNode.Parse(
            $$"""
            {
              "name": "{{name}}",
              "model": { "class_name": "Sequential", "config": { "name": "{{kind}}", "layers": [
                { "class_name": "InputLayer", "config": { "batch_shape": [null, 28, 28], "dtype": "float32", "name": "digits" } },
                {{layers}},
                { "class_name": "Dense", "config": { "name": "classes", "units": 10, "activation": "softmax" } } ] } },
              "compile": { "optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"] },
              "data": { "train": { "dataset": "mnist", "pipeline": [
                { "take": { "count": 256 } }, { "map": { "class_name": "Rescaling", "config": { "scale": 0.00392156862745098 } } },
                { "shuffle": { "buffer_size": 256 } }, { "batch": { "batch_size": 32 } } ] } },
              "fit": { "epochs": {{epochs ?? usual}} },
              "seed": {{seed}}
            }
            """)!;
        return job.ToJsonString();
    }

    private const string Flatten = """{ "class_name": "Flatten", "config": { "name": "flatten" } }""";

    private const string Dropout =
        """
        , { "class_name": "Dense", "config": { "name": "hidden", "units": 64, "activation": "relu" } },
        { "class_name": "Dropout", "config": { "name": "dropout", "rate": 0.4 } }
        """;

    private const string Convolution =
        """
        { "class_name": "Reshape", "config": { "name": "image", "target_shape": [28, 28, 1] } },
        { "class_name": "Conv2D", "config": { "name": "filters", "filters": 4, "kernel_size": [3, 3], "strides": [2, 2], "activation": "relu" } },
        { "class_name": "BatchNormalization", "config": { "name": "normalization" } },
        { "class_name": "Flatten", "config": { "name": "flatten" } }
        """;
}
