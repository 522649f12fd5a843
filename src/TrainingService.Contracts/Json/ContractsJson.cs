using System.Text.Json;
using System.Text.Json.Serialization;

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
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
