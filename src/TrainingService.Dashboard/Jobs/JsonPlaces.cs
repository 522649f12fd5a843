using System.Text;
using System.Text.Json;

namespace TrainingService.Dashboard.Jobs;

/// <summary>Where in a text the places are that JSON pointers name.</summary>
internal static class JsonPlaces
{
    /// <summary>The line, from 1, of the value that a pointer names, or of its closest parent that is there; null when the text is not JSON.</summary>
    public static int? Line(string json, string pointer)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var wanted = pointer.Split('/', StringSplitOptions.None).Skip(1).Select(part => part.Replace("~1", "/").Replace("~0", "~")).ToArray();
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        long place = 0;
        try
        {
            reader.Read();
            Descend(ref reader, wanted, ref place);
        }
        catch (JsonException)
        {
            return null;
        }
        return 1 + bytes.AsSpan(0, (int)place).Count((byte)'\n');
    }

    private static void Descend(ref Utf8JsonReader reader, ReadOnlySpan<string> wanted, ref long place)
    {
        if (reader.TokenType != JsonTokenType.PropertyName)
            place = Math.Max(place, reader.TokenStartIndex);
        if (wanted.IsEmpty || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        for (var index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
        {
            var isHit = isObject ? reader.ValueTextEquals(wanted[0]) : wanted[0] == index.ToString();
            var start = reader.TokenStartIndex;
            if (isObject)
                reader.Read();
            if (!isHit)
            {
                reader.Skip();
                continue;
            }
            place = start;
            if (wanted.Length > 1)
                Descend(ref reader, wanted[1..], ref place);
            return;
        }
    }
}
