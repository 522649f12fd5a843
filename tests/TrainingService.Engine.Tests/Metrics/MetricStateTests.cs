using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Metrics;

[Collection(TrainingCollection.Name)]
public class MetricStateTests
{
    private static readonly Dictionary<string, string> Configs = new()
    {
        ["SensitivityAtSpecificity"] = """{"specificity": 0.5}""", ["SpecificityAtSensitivity"] = """{"sensitivity": 0.5}""",
        ["PrecisionAtRecall"] = """{"recall": 0.5}""", ["RecallAtPrecision"] = """{"precision": 0.5}""", ["TopKCategoricalAccuracy"] = """{"k": 2}""",
        ["SparseTopKCategoricalAccuracy"] = """{"k": 2}""", ["IoU"] = """{"num_classes": 3, "target_class_ids": [0, 2]}""", ["MeanIoU"] = """{"num_classes": 3}""",
        ["OneHotIoU"] = """{"num_classes": 3, "target_class_ids": [0, 2]}""", ["OneHotMeanIoU"] = """{"num_classes": 3}""",
        ["MeanMetricWrapper"] = """{"fn": "huber", "delta": 0.2}""", ["Precision"] = """{"thresholds": [0.7, 0.3]}""", ["AUC"] = """{"num_thresholds": 20}""",
        ["ExpressionMetric"] = """{"expression": "abs(y_true - y_pred)", "direction": "down"}""",
    };

    public static TheoryData<string> Metrics =>
        new(KerasCatalog.Metrics.Records.Select(KerasKind.ClassName).Where(name => name is not ("Mean" or "Sum")));

    [Theory, MemberData(nameof(Metrics))]
    public void A_metric_goes_on_from_its_state_as_if_it_had_not_been_interrupted(string name)
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Batch(name, 1), Batch(name, 2));
        using var whole = Build(name);
        whole.Update(first.Labels, first.Outputs);
        whole.Update(second.Labels, second.Outputs, second.Weight);
        using var before = Build(name);
        before.Update(first.Labels, first.Outputs);
        var state = before.GetState();
        using var after = Build(name);
        after.SetState(state);
        after.Update(second.Labels, second.Outputs, second.Weight);
        Assert.Equal(whole.Results(), after.Results());
        Assert.All(whole.Results(), result => Assert.True(double.IsFinite(result)));
        foreach (var sum in state.Values)
            sum.Dispose();

        var writer = new StateWriter();
        writer.Add("metric", before);
        using var content = writer.Content;
        using var resumed = Build(name);
        new StateReader(content).Read("metric", resumed);
        resumed.Update(second.Labels, second.Outputs, second.Weight);
        Assert.Equal(whole.Results(), resumed.Results());
    }

    [Theory, MemberData(nameof(Metrics))]
    public void A_metric_holds_as_many_tensors_after_ten_batches_as_after_one(string name)
    {
        using var scope = NewDisposeScope();
        var (labels, outputs, weight) = Batch(name, 3);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var metric = Build(name))
        {
            metric.Update(labels, outputs, weight);
            var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            for (var batch = 0; batch < 9; batch++)
                metric.Update(labels, outputs, weight);
            metric.Results();
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory, MemberData(nameof(Metrics))]
    public void Outputs_that_are_no_numbers_throw_nothing(string name)
    {
        using var scope = NewDisposeScope();
        var (labels, outputs, _) = Batch(name, 4);
        if (!outputs.is_floating_point())
            return;
        using var metric = Build(name);
        metric.Update(labels, full_like(outputs, double.NaN));
        Assert.NotEmpty(metric.Results());
    }

    [Fact]
    public void A_mask_leaves_steps_out_of_a_mean()
    {
        using var scope = NewDisposeScope();
        using var metric = Build("MeanSquaredError");
        var outputs = tensor(new float[] { 1, 2, 3, 4 }).reshape(2, 2, 1);
        metric.Update(zeros(2, 2, 1), outputs, null, tensor(new[] { true, false, true, true }).reshape(2, 2));
        // Each sample is the mean of its steps' weighed values, and weighs the mean of its steps' weights.
        Assert.Equal((0.5 * 1 + (9 + 16) / 2.0) / 1.5, metric.Result(), 1e-6);
    }

    [Fact]
    public void Directions_are_Keras_s()
    {
        var without = KerasCatalog.Metrics.Records.Where(record => record != typeof(Contracts.Metrics.MeanMetricWrapper))
            .Select(record => Spec(KerasKind.ClassName(record))).ToList();
        Assert.Equal(
            ["FalseNegatives", "FalsePositives", "Mean", "Sum", "TrueNegatives", "TruePositives"],
            without.Where(spec => spec.Direction is null).Select(spec => KerasKind.ClassName(spec.GetType())).Order(StringComparer.Ordinal));
        Assert.Equal(Direction.Up, Spec("CosineSimilarity").Direction);
        Assert.Equal(Direction.Down, Spec("Poisson").Direction);
    }

    private static MetricSpec Spec(string name)
    {
        var json = JsonElement.Parse($$"""{"class_name": "{{name}}", "config": {{Configs.GetValueOrDefault(name, "{}")}} }""");
        return ContractsJson.TryRead<MetricSpec>(json, out var violations) ?? throw new ArgumentException(violations[0].Message);
    }

    private static Metric Build(string name) => MetricTable.Build(Spec(name));

    private static (Tensor Labels, Tensor Outputs, Tensor Weight) Batch(string name, ulong seed)
    {
        var random = new Generator(seed);
        var classes = randint(0, 3, [5], int64, CPU, generator: random);
        var hot = nn.functional.one_hot(classes, 3).to(float32);
        var outputs = rand([5, 3], float32, CPU, generator: random).softmax(-1);
        var weight = rand([5], float32, CPU, generator: random).round() + 1;
        return name switch
        {
            "IoU" or "MeanIoU" => (classes, randint(0, 3, [5], int64, CPU, generator: random), weight),
            "BinaryIoU" => (classes.clamp(0, 1), outputs.select(1, 0), weight),
            _ when name.StartsWith("Sparse", StringComparison.Ordinal) => (classes, outputs, weight),
            _ => (hot, outputs, weight),
        };
    }
}
