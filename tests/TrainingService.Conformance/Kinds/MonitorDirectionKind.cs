using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Metrics;
using Monitor = TrainingService.Engine.Callbacks.Monitor;

namespace TrainingService.Conformance.Kinds;

/// <summary>Which way a watched figure gets better.</summary>
internal static class MonitorDirectionKind
{
    public static void Check(ConformanceCase given)
    {
        var metrics = given["metrics_of_the_model"].EnumerateArray().Select(metric => Read(metric.GetString()!))
            .ToDictionary(metric => metric.Name!, metric => metric.Direction);
        var config = given["config"];
        var mode = Enum.Parse<MonitorMode>(config.GetProperty("mode").GetString()!, ignoreCase: true);
        ConformanceCase.Same(given["expected"].GetProperty("direction").GetString(), Word(config.GetProperty("monitor").GetString()!, mode, metrics), "direction");
    }

    /// <summary><c>mse</c>, or a class and the name it got: <c>AUC as auc</c>.</summary>
    private static MetricSpec Read(string metric)
    {
        var words = metric.Split(" as ");
        JsonNode json = words.Length == 1 ? words[0] : new JsonObject { ["class_name"] = words[0], ["config"] = new JsonObject { ["name"] = words[1] } };
        return ConformanceCase.Read<MetricSpec>(JsonSerializer.SerializeToElement(json));
    }

    private static string Word(string monitor, MonitorMode mode, Dictionary<string, Direction?> metrics)
    {
        try
        {
            return Monitor.DirectionOf(monitor, mode, metrics) == Direction.Up ? "max" : "min";
        }
        catch (ArgumentException)
        {
            return "error";
        }
    }
}
