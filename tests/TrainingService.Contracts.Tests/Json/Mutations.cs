using System.Text;
using System.Text.Json;

namespace TrainingService.Contracts.Tests.Json;

/// <summary>Damages a JSON text at a random place: deletes, renames, retypes or duplicates a node.</summary>
internal sealed class Mutations(int seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1", "1.0", "1.5", "1e999", "1e-400", "9223372036854775808", "1000000000", "\"\"", "\"relu\"", "\"x\\u0000y\"",
        "\"Dense\"", "[]", "{}", "[null]", "[1, 2, 3]", "{\"a\": 1}", "{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}", "[[[[]]]]", "\"\\ud83d\\ude00\"", "\"\\ud83d\"",
    ];

    private readonly Random _random = new(seed);

    public string Damage(JsonElement document)
    {
        var text = new StringBuilder();
        var nodes = Count(document);
        Write(document, text, new Target(_random.Next(nodes), _random.Next(4)));
        return text.ToString();
    }

    private static int Count(JsonElement node) => 1 + node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().Sum(member => Count(member.Value)),
        JsonValueKind.Array => node.EnumerateArray().Sum(Count),
        _ => 0,
    };

    private void Write(JsonElement node, StringBuilder text, Target target)
    {
        if (target.Next() && target.Kind is 0 or 1 && target.Hit)
        {
            text.Append(Values[_random.Next(Values.Length)]);
            target.Hit = false;
            target.Skip(Count(node) - 1);
            return;
        }
        target.Hit = false;
        switch (node.ValueKind)
        {
            case JsonValueKind.Object:
                WriteMembers(node, text, target);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                for (var index = 0; index < node.GetArrayLength(); index++)
                {
                    text.Append(index == 0 ? "" : ",");
                    Write(node[index], text, target);
                }
                text.Append(']');
                break;
            default:
                text.Append(node.GetRawText());
                break;
        }
    }

    private void WriteMembers(JsonElement node, StringBuilder text, Target target)
    {
        List<string> parts = [];
        foreach (var member in node.EnumerateObject())
        {
            var name = member.Name;
            var here = target.IsNext;
            var part = new StringBuilder();
            Write(member.Value, part, target);
            var key = JsonSerializer.Serialize(name);
            if (here && target.Kind == 2)
            {
                // Delete, rename or write twice.
                switch (_random.Next(3))
                {
                    case 0: continue;
                    case 1: key = JsonSerializer.Serialize(name.Length > 2 ? name[1..] : name + "x"); break;
                    default: parts.Add($"{key}:{part}"); break;
                }
            }
            if (here && target.Kind == 3)
                parts.Add($"\"extra_{_random.Next(10)}\":{Values[_random.Next(Values.Length)]}");
            parts.Add($"{key}:{part}");
        }
        text.Append('{').AppendJoin(',', parts).Append('}');
    }

    /// <summary>Counts nodes in the order of the document up to the one that is meant.</summary>
    private sealed class Target(int place, int kind)
    {
        private int _passed;

        public int Kind { get; } = kind;

        public bool Hit { get; set; }

        public bool IsNext => _passed == place;

        public bool Next()
        {
            Hit = _passed++ == place;
            return Hit;
        }

        public void Skip(int nodes) => _passed += nodes;
    }
}
