using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.Problems;

/// <summary>A body that is JSON but not yet understood: whoever understands it collects everything that is wrong.</summary>
internal sealed class JsonBody(JsonElement root) : IBindableFromHttpContext<JsonBody>
{
    // A little above what the spec allows, so that the spec's own rule can say where it is too deep.
    private const int MaxDepth = 128;

    public JsonElement Root => root;

    public static async ValueTask<JsonBody?> BindAsync(HttpContext context, ParameterInfo parameter) => await ReadAsync(context);

    /// <summary>As binding does, for an endpoint that takes other bodies too.</summary>
    /// <param name="maxBytes">Where the server's own limit is lifted for those.</param>
    public static async Task<JsonBody> ReadAsync(HttpContext context, long? maxBytes = null)
    {
        RequireJson(context.Request);
        if (maxBytes is not null && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = maxBytes;
        using var buffer = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, 1 << 20));
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return new JsonBody(Parse(new ReadOnlyMemory<byte>(buffer.GetBuffer(), 0, (int)buffer.Length)));
    }

    /// <summary>Reads JSON, and says where it breaks.</summary>
    /// <exception cref="MalformedJsonException">It is none.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.StartsWith(Encoding.UTF8.Preamble))
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new MalformedJsonException(JsonPlace.Of(utf8.Span, MaxDepth, exception), exception);
        }
    }

    private static void RequireJson(HttpRequest request)
    {
        if (!request.HasJsonContentType())
            throw new BadHttpRequestException(
                $"Expected Content-Type: application/json. Received: {(string.IsNullOrEmpty(request.ContentType) ? "none" : request.ContentType)}.",
                StatusCodes.Status415UnsupportedMediaType);
        var charset = request.GetTypedHeaders().ContentType?.Charset;
        if (charset is { HasValue: true } given && !given.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !given.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
            throw new BadHttpRequestException($"Expected charset utf-8. Received: {given}.", StatusCodes.Status415UnsupportedMediaType);
    }
}

/// <summary>The body is not JSON; the violation says where it breaks.</summary>
internal sealed class MalformedJsonException(Violation violation, Exception cause) : BadHttpRequestException(violation.Message, cause)
{
    public Violation Violation => violation;
}

/// <summary>Where a text stops being JSON.</summary>
internal static class JsonPlace
{
    public static Violation Of(ReadOnlySpan<byte> utf8, int maxDepth, JsonException exception)
    {
        var message = utf8.IsEmpty
            ? "expected a JSON object. Received: an empty body."
            : $"{Reason(exception)} (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})";
        return new Violation(PointerToBreak(utf8, maxDepth), "malformed_json", message);
    }

    // System.Text.Json ends its message with the position, counted from 0; people count lines from 1.
    private static string Reason(JsonException exception) =>
        exception.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];

    /// <summary>Reads again up to the break and keeps the names and indexes on the way.</summary>
    private static string PointerToBreak(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var path = new Stack<Step>();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
                Follow(path, ref reader);
        }
        catch (JsonException)
        {
            // The break that is already being reported; the path up to it is what was asked for.
        }
        return string.Concat(path.Reverse().Where(step => step.Text is not null).Select(step => "/" + step.Text));
    }

    private static void Follow(Stack<Step> path, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                path.Peek().Name = Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)
                    .Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Count(path);
                path.Push(new Step { IsArray = reader.TokenType == JsonTokenType.StartArray });
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                path.Pop();
                break;
            default:
                Count(path);
                break;
        }
    }

    private static void Count(Stack<Step> path)
    {
        if (path.TryPeek(out var step) && step.IsArray)
            step.Index++;
    }

    private sealed class Step
    {
        public bool IsArray { get; init; }

        public string? Name { get; set; }

        public int Index { get; set; } = -1;

        public string? Text => IsArray ? (Index < 0 ? null : Index.ToString()) : Name;
    }
}
