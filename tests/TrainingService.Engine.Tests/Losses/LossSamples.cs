using TorchSharp;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Losses;

/// <summary>Every loss of the catalog, as it is by default and with other arguments, and rows that it takes.</summary>
internal static class LossSamples
{
    private static readonly (string Name, string Config)[] Variants =
    [
        ("BinaryCrossentropy", """{"from_logits": true}"""), ("BinaryCrossentropy", """{"label_smoothing": 0.2, "axis": 0}"""),
        ("BinaryFocalCrossentropy", """{"apply_class_balancing": true, "from_logits": true, "gamma": 3}"""),
        ("CategoricalCrossentropy", """{"from_logits": true, "label_smoothing": 0.1}"""), ("CategoricalCrossentropy", """{"axis": 0}"""),
        ("CategoricalFocalCrossentropy", """{"alpha": [0.1, 0.2, 0.3, 0.4], "from_logits": true}"""),
        ("CategoricalGeneralizedCrossEntropy", """{"q": 0.9}"""), ("SparseCategoricalCrossentropy", """{"from_logits": true}"""),
        ("SparseCategoricalCrossentropy", """{"ignore_class": 2}"""), ("Huber", """{"delta": 0.2}"""), ("CosineSimilarity", """{"axis": 0}"""),
        ("Dice", """{"axis": [1]}"""), ("Tversky", """{"alpha": 0.3, "beta": 0.7, "axis": 0}"""), ("Circle", """{"gamma": 4, "remove_diagonal": false}"""),
        ("MeanSquaredError", """{"reduction": "sum"}"""), ("MeanSquaredError", """{"reduction": "mean"}"""),
        ("ExpressionLoss", """{"expression": "mean(square(y_true - y_pred) * exp(y_pred), axis=-1) + logsumexp(y_pred[..., 1:3], axis=-1)"}"""),
    ];

    public static TheoryData<string, string> All()
    {
        var data = new TheoryData<string, string>();
        foreach (var record in KerasCatalog.Losses.Records.Where(record => record.GetConstructors().Any(constructor => constructor.GetParameters().All(each => each.HasDefaultValue))))
            data.Add(KerasKind.ClassName(record), "{}");
        foreach (var (name, config) in Variants)
            data.Add(name, config);
        return data;
    }

    public static Loss Build(string name, string config) =>
        LossTable.Build(ContractsJson.TryRead<LossSpec>(Element(name, config), out var violations) ?? throw new ArgumentException(violations[0].Message));

    /// <summary>Labels and outputs in double precision, away from the places where a loss has a corner.</summary>
    public static (Tensor Labels, Tensor Outputs) Rows(string name)
    {
        using var scope = NewDisposeScope();
        var random = new Generator(17);
        var values = rand([3, 4], float64, CPU, generator: random) * 0.8 + 0.1;
        var (labels, outputs) = name switch
        {
            "CTC" => (tensor(new long[,] { { 1, 2, 1 }, { 2, 2, 0 } }), randn([2, 6, 4], float64, CPU, generator: random)),
            "Circle" => (tensor(new long[] { 0, 1, 0, 1, 2 }), Unit(randn([5, 3], float64, CPU, generator: random))),
            "SparseCategoricalCrossentropy" or "CategoricalGeneralizedCrossEntropy" => (tensor(new long[] { 0, 2, 3 }), values),
            "Hinge" or "SquaredHinge" => (values.gt(0.5).to(float64) * 2 - 1, values),
            _ => (rand([3, 4], float64, CPU, generator: random) * 0.8 + 0.1, values),
        };
        return (labels.MoveToOuterDisposeScope(), outputs.MoveToOuterDisposeScope());
    }

    private static Tensor Unit(Tensor rows) => rows / rows.square().sum([1], keepdim: true).sqrt();

    private static System.Text.Json.JsonElement Element(string name, string config) =>
        System.Text.Json.JsonElement.Parse($$"""{"class_name": "{{name}}", "config": {{config}} }""");
}
