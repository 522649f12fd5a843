using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Json;

/// <summary>The fields of a spec record as they stand on the wire: the primary constructor's parameters, then the init properties of its bases.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> Known = new();
    private readonly Dictionary<string, RecordField> _byName = new(StringComparer.Ordinal);
    private readonly ConstructorInvoker _create;

    private RecordShape(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;
        _create = ConstructorInvoker.Create(constructor);
        var parameters = constructor.GetParameters();
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        var fromParameters = parameters.Select(parameter =>
            RecordField.Of(parameter, properties.Single(property => property.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)))).ToList();
        // The defaults of init properties are code: an instance tells them.
        var prototype = constructor.Invoke([.. fromParameters.Select(field => field.Default)]);
        var fromProperties = properties
            .Where(property => property.SetMethod is not null && fromParameters.TrueForAll(field => field.Property.Name != property.Name))
            .Select(property => RecordField.Of(property, property.GetValue(prototype)));
        ParameterCount = parameters.Length;
        var spatialAxes = prototype switch { SpatialLayer layer => layer.SpatialAxes, ImageLayerSpec => 2, _ => 0 };
        Fields = [.. fromParameters.Concat(fromProperties).Select(field => field with { Rules = field.Rules with { SpatialAxes = spatialAxes } })];
        foreach (var field in Fields)
        {
            foreach (var name in field.Names)
                _byName.Add(name, field);
        }
        Ignored = Ancestors(type).SelectMany(ancestor => ancestor.GetCustomAttribute<IgnoresAttribute>(inherit: false)?.Names ?? []).ToHashSet();
        var omitted = Ancestors(type).SelectMany(ancestor => ancestor.GetCustomAttribute<OmitsAttribute>(inherit: false)?.Names ?? []).ToHashSet();
        // Keras writes what every layer has first: name, trainable, dtype; then the layer's own arguments.
        Written = [.. Fields.Where(field => !omitted.Contains(field.Name)).OrderBy(field => Fields.Take(ParameterCount).Contains(field) ? 1 : IsOwn(field.Property) ? 2 : 0)];
    }

    /// <summary>Constructor parameters first.</summary>
    public IReadOnlyList<RecordField> Fields { get; }

    /// <summary>What is written, in the order of writing.</summary>
    public IReadOnlyList<RecordField> Written { get; }

    /// <summary>How many of the fields are constructor parameters.</summary>
    public int ParameterCount { get; }

    /// <summary>Wire names that are read and left.</summary>
    public IReadOnlySet<string> Ignored { get; }

    /// <summary>The names that a client would write.</summary>
    public IEnumerable<string> Names => Fields.Select(each => each.Name);

    public static RecordShape Of(Type type) => Known.GetOrAdd(type, static type => new RecordShape(type));

    public RecordField? Find(string wireName) => _byName.GetValueOrDefault(wireName);

    /// <summary>A record with these values; a field that is not there gets its default.</summary>
    public object Create(IReadOnlyDictionary<RecordField, object?> values)
    {
        var arguments = new object?[ParameterCount];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = values.TryGetValue(Fields[i], out var value) ? value : Fields[i].Default;
        var record = _create.Invoke(arguments.AsSpan());
        foreach (var (field, value) in values)
        {
            if (!field.IsParameter)
                field.Property.SetValue(record, value);
        }
        return record;
    }

    private static bool IsOwn(PropertyInfo property) => property.DeclaringType != typeof(LayerSpec) && typeof(LayerSpec).IsAssignableFrom(property.DeclaringType);

    private static IEnumerable<Type> Ancestors(Type type)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            yield return ancestor;
    }
}

/// <summary>One field of a spec record.</summary>
/// <param name="Name">Wire name.</param>
/// <param name="Names">Every wire name under which it is read.</param>
/// <param name="Type">Its type.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Default">Value when it is not there.</param>
/// <param name="Property">To read it.</param>
/// <param name="Rules">What its value must obey.</param>
internal sealed record RecordField(string Name, IReadOnlyList<string> Names, Type Type, bool Required, object? Default, PropertyInfo Property, ValueRules Rules)
{
    /// <summary>Whether the constructor sets it.</summary>
    public bool IsParameter { get; private init; }

    /// <summary>Whether null is a value: so it is where null is the default, and where the field says so.</summary>
    public bool Nullable => Rules.NullAllowed || (!Required && Default is null);

    public static RecordField Of(ParameterInfo parameter, PropertyInfo property)
    {
        var name = parameter.GetCustomAttribute<WireNameAttribute>()?.Name ?? WireName(parameter.Name!);
        var type = parameter.ParameterType;
        // A default of a nullable number comes boxed as its own type; one of an enum as the number.
        var value = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        if (value is null && type.IsValueType && System.Nullable.GetUnderlyingType(type) is null)
            value = Activator.CreateInstance(type);
        var word = System.Nullable.GetUnderlyingType(type) ?? type;
        if (value is not null && word.IsEnum)
            value = Enum.ToObject(word, value);
        return new RecordField(
            name, [name, .. parameter.GetCustomAttribute<AlsoNamedAttribute>()?.Names ?? []], type, !parameter.HasDefaultValue, value, property,
            ValueRules.Of(parameter.GetCustomAttributes(inherit: false)))
        {
            IsParameter = true,
        };
    }

    public static RecordField Of(PropertyInfo property, object? value)
    {
        var name = property.GetCustomAttribute<WireNameAttribute>()?.Name ?? WireName(property.Name);
        return new RecordField(
            name, [name, .. property.GetCustomAttribute<AlsoNamedAttribute>()?.Names ?? []], property.PropertyType, Required: false, value, property, ValueRules.Of(property.GetCustomAttributes(inherit: true)));
    }

    /// <summary>There is one of each field, and the tables of values by field are read often.</summary>
    public bool Equals(RecordField? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    private static string WireName(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
