using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using TrainingService.Contracts.Extensions;

namespace TrainingService.Contracts.Json;

/// <summary>One kind of Keras object and its table of class names.</summary>
public sealed partial class KerasKind
{
    /// <summary>What Keras 2.11 wrote before the names of its optimizers.</summary>
    private const string Keras2Prefix = "Custom>";

    private static readonly ConcurrentDictionary<Type, string> RegisteredNames = new();

    private static readonly ConcurrentDictionary<Type, string?> GivenNames = new();

    private readonly ConcurrentDictionary<string, Type> _registered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Type> _types;
    private readonly bool _anyCase;

    /// <summary>A kind whose records are known by their class names in any case.</summary>
    /// <param name="name">Word for messages: <c>optimizer</c>.</param>
    /// <param name="base">The abstract record.</param>
    /// <param name="records">The sealed records.</param>
    /// <param name="anyCase">True.</param>
    public KerasKind(string name, Type @base, IReadOnlyList<Type> records, bool anyCase)
    {
        (Name, Base, Records, _anyCase) = (name, @base, records, anyCase);
        _types = new Dictionary<string, Type>(anyCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var record in records)
            _types[ClassName(record).ToLowerInvariant()] = record;
    }

    /// <summary>A kind with these records; each is known by its class name and by the class name in snake case, as Keras has it.</summary>
    /// <param name="name">Word for messages: <c>layer</c>.</param>
    /// <param name="base">The abstract record.</param>
    /// <param name="records">The sealed records.</param>
    /// <param name="aliases">More names.</param>
    public KerasKind(string name, Type @base, IReadOnlyList<Type> records, params IReadOnlyList<(string Name, Type Record)> aliases)
    {
        (Name, Base, Records) = (name, @base, records);
        _types = new Dictionary<string, Type>(StringComparer.Ordinal);
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

    /// <summary>Class names of Keras that are not computed here, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>Bare names that stand for something else than the record with its defaults.</summary>
    public IReadOnlyDictionary<string, KerasSpec> BareNames { get; init; } = new Dictionary<string, KerasSpec>();

    /// <summary>The record of a class name or alias, or null.</summary>
    public Type? Find(string className) =>
        _types.GetValueOrDefault(_anyCase && className.StartsWith(Keras2Prefix, StringComparison.Ordinal) ? className[Keras2Prefix.Length..] : className);

    /// <summary>
    /// Adds a class of the operator's own under the name that Keras knows it by, <c>keras.saving.register_keras_serializable(package, name)</c>.
    /// Call it before the first document is read.
    /// </summary>
    /// <param name="registeredName"><c>package&gt;Name</c>.</param>
    /// <param name="record">The record that describes it; derives from this kind's base.</param>
    /// <exception cref="ExtensionException">Another form of name, a record of another kind, or a name that is taken.</exception>
    public void Register(string registeredName, Type record)
    {
        if (registeredName.Split('>') is not [{ Length: > 0 }, { Length: > 0 }])
            throw new ExtensionException($"{record.FullName}: expected a name \"package>Name\". Received: \"{registeredName}\".");
        if (!Base.IsAssignableFrom(record) || record.IsAbstract)
            throw new ExtensionException($"{registeredName}: expected a record that derives from {Base.Name}. Received: {record.FullName}.");
        if (_registered.GetOrAdd(registeredName, record) is var first && first != record)
            throw new ExtensionException($"{registeredName}: expected a name that is not taken. Received: {record.FullName}, after {first.FullName}.");
        if (RegisteredNames.GetOrAdd(record, registeredName) is var name && name != registeredName)
            throw new ExtensionException($"{registeredName}: expected a record with one name. Received: {record.FullName}, which is {name} already.");
    }

    /// <summary>The operator's own records by their registered names.</summary>
    public IReadOnlyDictionary<string, Type> Registered => _registered;

    /// <summary>The record of a class that the operator registered, or null.</summary>
    public Type? FindRegistered(string registeredName) => _registered.GetValueOrDefault(registeredName);

    /// <summary>The name, <c>package&gt;Name</c>, of a record that the operator registered, or null.</summary>
    public static string? RegisteredName(Type record) => RegisteredNames.GetValueOrDefault(record);

    /// <summary>Keras's class name of a record.</summary>
    public static string ClassName(Type record) =>
        GivenNames.GetOrAdd(record, static record => record.GetCustomAttribute<ClassNameAttribute>()?.Name) ?? (RegisteredName(record) is { } name ? name[(name.IndexOf('>') + 1)..] : record.Name);

    /// <summary>Keras's class name of an object.</summary>
    public static string ClassName(KerasSpec spec) => spec is Operations.Operation operation ? operation.Function : ClassName(spec.GetType());

    /// <summary>A class name as Keras makes automatic names of it: <c>Conv2D</c> is <c>conv2d</c>.</summary>
    public static string SnakeCase(string className) =>
        LowerUpper().Replace(WordStart().Replace(className, "$1_$2"), "$1_$2").ToLowerInvariant();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex WordStart();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex LowerUpper();
}
