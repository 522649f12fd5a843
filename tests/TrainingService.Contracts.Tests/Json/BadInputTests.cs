using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Json;

/// <summary>Every field of every record of the catalog, damaged in every way that its type and its attributes forbid.</summary>
public sealed class BadInputTests
{
    public static TheoryData<string> Records() => new(KerasCatalog.All.SelectMany(kind => kind.Records.Select(record => $"{kind.Name} {record.Name}")));

    [Theory, MemberData(nameof(Records))]
    public void A_field_that_breaks_a_rule_is_refused_at_its_place(string record)
    {
        var kind = KerasCatalog.All.Single(kind => kind.Name == record[..record.LastIndexOf(' ')]);
        var spec = RoundTripTests.Catalog.First(spec => kind.Base.IsInstanceOfType(spec) && spec.GetType().Name == record[(record.LastIndexOf(' ') + 1)..]);
        var whole = JsonSerializer.Serialize(spec, kind.Base, ContractsJson.Options);
        Assert.Empty(Violations(kind, whole));
        foreach (var field in RecordShape.Of(spec.GetType()).Fields)
        {
            foreach (var (value, why) in Damages(field))
                AssertRefused(kind, whole, field, value, why);
            if (field.Required)
                AssertRefused(kind, whole, field, "(missing)", "is required");
        }
        AssertRefused(kind, whole, null, "1", "does not exist");
    }

    private static void AssertRefused(KerasKind kind, string whole, RecordField? field, string value, string why)
    {
        var json = JsonNode.Parse(whole)!.AsObject();
        var config = json["config"]!.AsObject();
        var name = field?.Name ?? "no_such_field";
        if (value == "(missing)")
            config.Remove(name);
        else
            config[name] = JsonNode.Parse(value);
        var text = json.ToJsonString();
        Assert.True(
            Violations(kind, text).Any(violation => violation.Pointer == $"/config/{name}" || violation.Pointer.StartsWith($"/config/{name}/", StringComparison.Ordinal)),
            $"{name} = {value} {why}, but {text} was not refused there");
    }

    private static IReadOnlyList<Violation> Violations(KerasKind kind, string text)
    {
        var json = JsonDocument.Parse(text).RootElement;
        var method = typeof(ContractsJson).GetMethod(nameof(ContractsJson.TryRead))!.MakeGenericMethod(kind.Base);
        object?[] arguments = [json, null];
        method.Invoke(null, arguments);
        return (IReadOnlyList<Violation>)arguments[1]!;
    }

    private static IEnumerable<(string Value, string Why)> Damages(RecordField field)
    {
        var type = Nullable.GetUnderlyingType(field.Type) ?? field.Type;
        if (field.Rules.DefaultOnly)
            return [("\"something_else\"", "is computed only at its default")];
        return OutOfRange(field, type).Concat(WrongType(field, type));
    }

    private static IEnumerable<(string Value, string Why)> OutOfRange(RecordField field, Type type)
    {
        if (field.Rules.Range is not var (low, high))
            yield break;
        var whole = type != typeof(double);
        if (low > -1e30)
            yield return (Number(low == double.Epsilon ? 0 : low - (whole ? 1 : Math.Max(1e-3, Math.Abs(low) * 1e-3)), whole), $"is below {low}");
        if (high < (whole ? long.MaxValue : 1e38))
            yield return (Number(high + (whole ? 1 : Math.Max(1e-3, Math.Abs(high) * 1e-3)), whole), $"is above {high}");
    }

    private static string Number(double value, bool whole) => whole ? ((Int128)value).ToString() : JsonSerializer.Serialize(value);

    private static IEnumerable<(string Value, string Why)> WrongType(RecordField field, Type type)
    {
        yield return ("{\"no\": [null]}", "is no such object");
        if (type != typeof(bool))
            yield return ("true", "is true");
        if (!IsPlain(type))
            yield break;
        if (type != typeof(string))
            yield return ("\"no_such_word\"", "is a text");
        if (type == typeof(string) || type == typeof(bool) || type.IsEnum)
            yield return ("5", "is a number");
        if (type == typeof(int) || type == typeof(long) || type == typeof(Sizes) || type == typeof(Borders) || type == typeof(Axes))
            yield return ("1.5", "is not whole");
        if (type == typeof(double))
            yield return ("1e999", "is not finite");
        // Null stands for linear, for a word none, for all axes and for glorot_uniform; models read their own fields.
        if (!field.Nullable && type != typeof(Activation) && !(type.IsEnum && EnumWords.Of(type).Null is not null) && type != typeof(NormAxes) && type != typeof(InitializerSpec)
            && !typeof(ModelSpec).IsAssignableFrom(field.Property.ReflectedType))
            yield return ("null", "is no value");
    }

    /// <summary>Types that are written in one way only.</summary>
    private static bool IsPlain(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Shape) || type == typeof(Sizes) || type == typeof(Borders) || type == typeof(Axes)
        || typeof(KerasSpec).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>));
}
