using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Json;

/// <summary>The one way in which everything of ours becomes JSON and back: over HTTP, in SignalR, in the database, between processes.</summary>
public static class ContractsJson
{
    /// <summary>Snake case, strict reading, enums by name, Keras objects by class name.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Gives other options (ASP.NET's, SignalR's) the same behaviour.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.MaxDepth = 64;
        // Quotes and umlauts in messages stay readable; what is written is JSON, never a part of an HTML page.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new SpecJsonConverterFactory());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    /// <summary>Reads one spec record, with everything that is wrong instead of the first error as an exception.</summary>
    /// <typeparam name="T">A spec record or the base of a kind.</typeparam>
    /// <param name="json">The document.</param>
    /// <param name="violations">Everything that is wrong, in the order of the document; empty when the result is not null.</param>
    /// <returns>The record, or null.</returns>
    public static T? TryRead<T>(JsonElement json, out IReadOnlyList<Violation> violations)
        where T : class
    {
        var context = new ReadContext();
        var value = SpecReader.ReadDocument(json, typeof(T), context) as T;
        violations = DocumentOrder.Sort(json, context.Violations);
        return violations.Count == 0 ? value : null;
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
