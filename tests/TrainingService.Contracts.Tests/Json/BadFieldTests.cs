using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Json;

/// <summary>Every field of every loss and metric refuses what it cannot be, at its own place.</summary>
public sealed class BadFieldTests
{
    private static readonly string[] Anything =
    [
        "null", "true", "\"x\"", "\"\"", "0", "-1", "1.5", "1e39", "-1e39", "1e-60", "9223372036854775808", "[]", "[null]", "[\"x\"]", "[[1]]", "[1, -5, 1e39]", "{}", "{\"a\": 1}",
    ];

    public static TheoryData<string, string> Records() =>
        new([.. new[] { KerasCatalog.Losses, KerasCatalog.Metrics }.SelectMany(kind => kind.Records.Select(record => (kind.Name, record.Name)))]);

    [Theory, MemberData(nameof(Records))]
    public void A_field_refuses_at_its_own_place_and_throws_nothing(string kind, string record)
    {
        var (target, config) = Specimen(kind, record);
        foreach (var field in config.Select(member => member.Key).ToList())
        {
            foreach (var value in Anything)
            {
                var violations = Read(target, config, field, value);
                Assert.All(violations, violation => Assert.StartsWith($"/config/{field}", violation.Pointer));
            }
            Assert.NotEmpty(Read(target, config, field, config[field] is JsonObject { Count: 1 } ? "7" : """{"a": 1}"""));
        }
        Assert.Equal("/config/no_such_field", Assert.Single(Read(target, config, "no_such_field", "1")).Pointer);
    }

    [Theory, MemberData(nameof(Records))]
    public void A_number_past_its_range_is_refused(string kind, string record)
    {
        var (target, config) = Specimen(kind, record);
        foreach (var parameter in target.Record.GetConstructors()[0].GetParameters())
        {
            if (parameter.GetCustomAttribute<RangeAttribute>() is not { } range)
                continue;
            var field = JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!);
            var (low, high) = (Convert.ToDouble(range.Minimum), Convert.ToDouble(range.Maximum));
            foreach (var value in new[] { low == double.Epsilon ? "0" : low < -1e38 ? "-4e38" : $"{low - 1:R}", high > 1e38 ? "4e38" : $"{high + 1:R}" })
            {
                var refused = Assert.Single(Read(target, config, field, config[field] is JsonArray ? $"[{value}]" : value));
                Assert.StartsWith($"/config/{field}", refused.Pointer);
            }
        }
    }

    private static IReadOnlyList<Violation> Read((KerasKind Kind, Type Record) target, JsonObject config, string field, string value)
    {
        var damaged = config.DeepClone().AsObject();
        damaged[field] = JsonNode.Parse(value);
        var json = JsonElement.Parse(new JsonObject { ["class_name"] = KerasKind.ClassName(target.Record), ["config"] = damaged }.ToJsonString());
        var arguments = new object?[] { json, null };
        typeof(ContractsJson).GetMethod(nameof(ContractsJson.TryRead))!.MakeGenericMethod(target.Kind.Base).Invoke(null, arguments);
        return (IReadOnlyList<Violation>)arguments[1]!;
    }

    private static ((KerasKind Kind, Type Record), JsonObject Config) Specimen(string kindName, string record)
    {
        var kind = KerasCatalog.All.Single(each => each.Name == kindName);
        var spec = Losses.LossSpecimens.All.Single(each => kind.Base.IsInstanceOfType(each) && each.GetType().Name == record);
        var written = JsonNode.Parse(JsonSerializer.Serialize(spec, kind.Base, ContractsJson.Options))!;
        return ((kind, spec.GetType()), written["config"]!.AsObject());
    }
}
