using System.Text.Json;
using System.Text.Json.Serialization;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.Events;

/// <summary>An event as it goes to subscribers: its JSON is made once, however many get it.</summary>
[JsonConverter(typeof(Verbatim))]
internal sealed class FeedEvent
{
    public FeedEvent(JobEvent jobEvent)
    {
        Seq = jobEvent.Seq;
        Type = jobEvent.Type;
        Json = JsonSerializer.SerializeToUtf8Bytes(jobEvent, ContractsJson.Options);
    }

    public FeedEvent(DatasetEvent datasetEvent)
    {
        Seq = datasetEvent.Seq;
        Type = datasetEvent.Type;
        Json = JsonSerializer.SerializeToUtf8Bytes(datasetEvent, ContractsJson.Options);
    }

    /// <summary>Null for progress.</summary>
    public long? Seq { get; }

    public string Type { get; }

    /// <summary>The event on one line.</summary>
    public byte[] Json { get; }

    private sealed class Verbatim : JsonConverter<FeedEvent>
    {
        public override FeedEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Events come from the store.");

        public override void Write(Utf8JsonWriter writer, FeedEvent value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Json, skipInputValidation: true);
    }
}
