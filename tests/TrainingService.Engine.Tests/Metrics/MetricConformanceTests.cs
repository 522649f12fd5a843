using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Metrics;

[Collection(TrainingCollection.Name)]
public class MetricConformanceTests
{
    public static TheoryData<string> Cases => Keras.Ids("metrics");

    [Theory, MemberData(nameof(Cases))]
    public void A_metric_has_the_values_that_Keras_computes(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("metrics", id);
        using var metric = MetricTable.Build(Keras.Spec<MetricSpec>(item), new Shape(null, null), new Shape(null, null));
        foreach (var step in item.GetProperty("steps").EnumerateArray())
            Run(item, step, metric);
    }

    private static void Run(JsonElement item, JsonElement step, Metric metric)
    {
        switch (step.GetProperty("op").GetString())
        {
            case "update_state":
                metric.Update(
                    Keras.Nested(step.GetProperty("y_true"), step.GetProperty("y_true_dtype").GetString()!),
                    Keras.Nested(step.GetProperty("y_pred"), step.GetProperty("y_pred_dtype").GetString()!),
                    Keras.Has(step, "sample_weight", out var weight) ? Keras.Nested(weight, "float32") : null);
                break;
            case "reset_state":
                metric.Reset();
                break;
            default:
                Keras.Close(Keras.Number(step.GetProperty("expected")), metric.Result(), Keras.Tolerance("atol", item, step), Keras.Tolerance("rtol", item, step), "result");
                break;
        }
    }
}
