using System.Text.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Numbers that Keras writes in more than one form: a number or a pair, a number or nested lists, a number or a text.</summary>
internal static class NumberForms
{
    /// <summary>Lists within each other in one array.</summary>
    private const int MaxRank = 8;

    private delegate object? Reader(JsonElement json, ValueRules rules, string pointer, ReadContext context);

    private static readonly Dictionary<Type, Reader> Readers = new()
    {
        [typeof(Factor)] = (json, rules, pointer, context) => ReadFactor(json, rules, pointer, context),
        [typeof(ValueRange)] = (json, rules, pointer, context) => ReadValueRange(json, rules, pointer, context),
        [typeof(NumberArray)] = ReadArray,
        [typeof(Integers)] = ReadIntegers,
        [typeof(KeptAxes)] = (json, rules, pointer, context) => ReadAxes(json, rules, pointer, context),
        [typeof(Token)] = ReadToken,
    };

    /// <summary>Whether a type is one of these forms.</summary>
    public static bool Has(Type type) => Readers.ContainsKey(type);

    /// <returns>The value, or null after a violation.</returns>
    public static object? Read(JsonElement json, Type type, ValueRules rules, string pointer, ReadContext context) =>
        Readers[type](json, rules, pointer, context);

    /// <summary>Writes one of these forms.</summary>
    /// <returns>False when the value is none of them.</returns>
    public static bool TryWrite(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case Factor { Second: null } factor: writer.WriteNumberValue(factor.First); return true;
            case Factor { Second: { } second } factor: WriteList(writer, [factor.First, second]); return true;
            case ValueRange range: WriteList(writer, [range.First, range.Second]); return true;
            case NumberArray array: WriteArray(writer, array, 0, 0, array.Count); return true;
            case Integers { IsList: false } integers: writer.WriteNumberValue(integers.Values[0]); return true;
            case Integers integers: WriteIntegers(writer, integers.Values); return true;
            case KeptAxes axes: WriteIntegers(writer, axes.Values.Select(axis => (long)axis)); return true;
            case Token { IsNumber: true } token: writer.WriteRawValue(token.Text); return true;
            case Token token: writer.WriteStringValue(token.Text); return true;
            default: return false;
        }
    }

    private static Factor? ReadFactor(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return NumberRules.ReadReal(json, rules, pointer, context) is { } number ? new Factor(number) : null;
        return ReadPair(json, "a number or a pair of numbers", rules, pointer, context) is var (first, second) ? new Factor(first, second) : null;
    }

    private static ValueRange? ReadValueRange(JsonElement json, ValueRules rules, string pointer, ReadContext context) =>
        ReadPair(json, "a pair of numbers, such as [0, 255]", rules, pointer, context) is var (first, second) ? new ValueRange(first, second) : null;

    private static (double First, double Second)? ReadPair(JsonElement json, string expected, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != 2)
        {
            var received = json.ValueKind == JsonValueKind.Array ? $"{json.GetArrayLength()} entries" : Received.Text(json);
            context.Add(pointer, ViolationCodes.WrongType, $"expected {expected}. Received: {received}.");
            return null;
        }
        var first = NumberRules.ReadReal(json[0], rules, Pointers.Child(pointer, 0), context);
        var second = NumberRules.ReadReal(json[1], rules, Pointers.Child(pointer, 1), context);
        return first is { } one && second is { } other ? (one, other) : null;
    }

    private static NumberArray? ReadArray(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        List<long> dims = [];
        var level = json;
        while (level.ValueKind == JsonValueKind.Array && level.GetArrayLength() > 0 && dims.Count < MaxRank)
        {
            dims.Add(level.GetArrayLength());
            level = level[0];
        }
        List<double> values = [];
        return ReadLevel(json, 0, dims, values, rules, pointer, context) ? new NumberArray(dims, values) : null;
    }

    private static bool ReadLevel(JsonElement json, int depth, List<long> dims, List<double> values, ValueRules rules, string pointer, ReadContext context)
    {
        if (depth == dims.Count)
        {
            if (NumberRules.ReadReal(json, rules, pointer, context) is not { } number)
                return false;
            values.Add(number);
            return true;
        }
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != dims[depth])
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a list of {dims[depth]} entries, as its neighbours have. Received: {Received.Text(json)}.");
            return false;
        }
        var index = 0;
        var read = true;
        foreach (var item in json.EnumerateArray())
            read &= ReadLevel(item, depth + 1, dims, values, rules, Pointers.Child(pointer, index++), context);
        return read;
    }

    private static Integers? ReadIntegers(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return Integer(json, pointer) is { } one ? new Integers(one) : null;
        if (json.GetArrayLength() is 0 or > 64)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a whole number or a list of 1 to 64 of them. Received: {json.GetArrayLength()} entries.");
            return null;
        }
        var numbers = json.EnumerateArray().Select((item, index) => Integer(item, Pointers.Child(pointer, index))).ToList();
        return numbers.Contains(null) ? null : new Integers([.. numbers.Select(number => number!.Value)]);

        long? Integer(JsonElement item, string place) => NumberRules.ReadInteger(item, long.MinValue, long.MaxValue, rules, place, context);
    }

    private static KeptAxes? ReadAxes(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.Null || (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 0))
            return new KeptAxes([]);
        return ReadIntegers(json, rules with { Range = (-16, 15) }, pointer, context) is Integers axes
            ? new KeptAxes(axes.Values.Select(axis => (int)axis))
            : null;
    }

    private static Token? ReadToken(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Number)
            return TextRules.ReadText(json, rules, pointer, context) is { } text ? new Token(text, IsNumber: false) : null;
        return NumberRules.ReadInteger(json, long.MinValue, long.MaxValue, ValueRules.None, pointer, context) is { } number
            ? new Token($"{number}", IsNumber: true)
            : null;
    }

    private static void WriteList(Utf8JsonWriter writer, ReadOnlySpan<double> numbers)
    {
        writer.WriteStartArray();
        foreach (var number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static void WriteIntegers(Utf8JsonWriter writer, IEnumerable<long> numbers)
    {
        writer.WriteStartArray();
        foreach (var number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static void WriteArray(Utf8JsonWriter writer, NumberArray array, int depth, int start, int count)
    {
        if (depth == array.Rank)
        {
            writer.WriteNumberValue(array[start]);
            return;
        }
        var part = count / (int)array.Dims[depth];
        writer.WriteStartArray();
        for (var index = 0; index < array.Dims[depth]; index++)
            WriteArray(writer, array, depth + 1, start + index * part, part);
        writer.WriteEndArray();
    }
}
