using System.Reflection;
using System.Text.Json;

namespace TrainingService.Contracts.Json;

/// <summary>One kind of Keras object and its table of class names.</summary>
public sealed class KerasKind
{
    private readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal);

    /// <summary>A kind with these records; each is known by its class name and by the class name in snake case, as Keras has it.</summary>
    /// <param name="name">Word for messages: <c>layer</c>.</param>
    /// <param name="base">The abstract record.</param>
    /// <param name="records">The sealed records.</param>
    /// <param name="aliases">More names.</param>
    public KerasKind(string name, Type @base, IReadOnlyList<Type> records, params IReadOnlyList<(string Name, Type Record)> aliases)
    {
        Name = name;
        Base = @base;
        Records = records;
        foreach (var record in records)
        {
            _types[ClassName(record)] = record;
            _types[JsonNamingPolicy.SnakeCaseLower.ConvertName(ClassName(record))] = record;
        }
        foreach (var (alias, record) in aliases)
            _types[alias] = record;
    }

    /// <summary>Word for messages: <c>layer</c>.</summary>
    public string Name { get; }

    /// <summary>The abstract record.</summary>
    public Type Base { get; }

    /// <summary>The sealed records, in the table's order.</summary>
    public IReadOnlyList<Type> Records { get; }

    /// <summary>Every name under which a record is found.</summary>
    public IReadOnlyCollection<string> Names => _types.Keys;

    /// <summary>The record of a class name or alias, or null.</summary>
    public Type? Find(string className) => _types.GetValueOrDefault(className);

    /// <summary>Keras's class name of a record.</summary>
    public static string ClassName(Type record) => record.GetCustomAttribute<ClassNameAttribute>()?.Name ?? record.Name;
}
