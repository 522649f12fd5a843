using System.Reflection;
using System.Text.RegularExpressions;

namespace TrainingService.Contracts.Json;

/// <summary>One kind of Keras object and its table of class names.</summary>
public sealed partial class KerasKind
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
            _types[ClassName(record)] = record;
        // "accuracy" is the class name of one metric and the snake case of another: the class name wins.
        foreach (var record in records)
            _types.TryAdd(SnakeCase(ClassName(record)), record);
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

    /// <summary>Whether a bare name stands for the object with its defaults: <c>"adam"</c>.</summary>
    public bool AcceptsBareNames { get; init; }

    /// <summary>Bare names that stand for something else than the record with its defaults.</summary>
    public IReadOnlyDictionary<string, KerasSpec> BareNames { get; init; } = new Dictionary<string, KerasSpec>();

    /// <summary>The record of a class name or alias, or null.</summary>
    public Type? Find(string className) => _types.GetValueOrDefault(className);

    /// <summary>Keras's class name of a record.</summary>
    public static string ClassName(Type record) => record.GetCustomAttribute<ClassNameAttribute>()?.Name ?? record.Name;

    /// <summary>A class name as Keras makes automatic names of it: <c>Conv2D</c> is <c>conv2d</c>.</summary>
    public static string SnakeCase(string className) =>
        LowerUpper().Replace(WordStart().Replace(className, "$1_$2"), "$1_$2").ToLowerInvariant();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex WordStart();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex LowerUpper();
}
