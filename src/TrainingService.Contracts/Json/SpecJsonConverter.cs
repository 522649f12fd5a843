using System.Text.Json;
using System.Text.Json.Serialization;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json;

/// <summary>Gives System.Text.Json the spec reader and writer: everything in a job's spec is read by one set of rules.</summary>
internal sealed class SpecJsonConverterFactory : JsonConverterFactory
{
    private static readonly HashSet<Type> Records =
    [
        typeof(JobSpec), typeof(CompileSpec), typeof(DataSpec), typeof(DataSource), typeof(SourcePart), typeof(SplitSpec), typeof(IngestOptions), typeof(ColumnNames), typeof(ColumnChoice), typeof(ClassWeightSpec), typeof(FitSpec), typeof(ResourcesSpec), typeof(StoppingSpec), typeof(RetrySpec), typeof(CheckpointSpec),
        typeof(Shape), typeof(Axes), typeof(Sizes), typeof(Borders), typeof(Activation), typeof(Padding), typeof(DataFormat), typeof(FanMode), typeof(ScalingDistribution),
        typeof(StftSide), typeof(StftScaling), typeof(StftWindow), typeof(Constraints.NormAxes), typeof(Schedules.LearningRate),
        typeof(Regularizers.OrthogonalMode), typeof(Losses.Reduction), typeof(Metrics.AUCCurve), typeof(Metrics.AUCSummationMethod),
        typeof(Metrics.ClassAggregation), typeof(Metrics.FScoreAverage), typeof(Callbacks.MonitorMode),
    ];

    public override bool CanConvert(Type typeToConvert) =>
        Records.Contains(typeToConvert) || typeof(KerasSpec).IsAssignableFrom(typeToConvert) || typeof(PipelineStep).IsAssignableFrom(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(SpecJsonConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class SpecJsonConverter<T> : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var json = JsonElement.ParseValue(ref reader);
            var context = new ReadContext();
            var value = SpecReader.ReadDocument(json, typeof(T), context);
            return context.Violations is [var first, ..]
                ? throw new JsonException($"{first.Pointer}: {first.Message}")
                : (T?)value;
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => SpecWriter.Write(writer, value);
    }
}
