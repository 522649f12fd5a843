using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace TrainingService.Contracts.Json;

/// <summary>The words of an enum on the wire: snake case, plus the older words of Keras.</summary>
internal sealed class EnumWords
{
    private static readonly ConcurrentDictionary<Type, EnumWords> Known = new();
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<object, string> _words = [];

    private EnumWords(Type type)
    {
        foreach (var member in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var value = member.GetValue(null)!;
            if (member.IsDefined(typeof(NullWordAttribute)))
            {
                Null = value;
            }
            else
            {
                _words[value] = member.GetCustomAttribute<WireNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name);
                _values[_words[value]] = value;
            }
            foreach (var word in member.GetCustomAttribute<AlsoNamedAttribute>()?.Names ?? [])
                _values[word] = value;
        }
    }

    /// <summary>The words that are written.</summary>
    public IReadOnlyCollection<string> Words => _words.Values;

    /// <summary>The value that is written as null, if there is one.</summary>
    public object? Null { get; }

    public static EnumWords Of(Type type) => Known.GetOrAdd(type, static type => new EnumWords(type));

    public object? Find(string word) => _values.GetValueOrDefault(word);

    /// <returns>The word, or null for the value that is written as null.</returns>
    public string? Word(object value) => value.Equals(Null) ? null : _words[value];
}
