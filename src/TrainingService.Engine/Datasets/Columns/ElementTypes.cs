namespace TrainingService.Engine.Datasets.Columns;

/// <summary>The types of values that columns hold, by the names Keras and NumPy give them.</summary>
public static class ElementTypes
{
    /// <summary>UTF-8 text, or the bytes of an encoded image.</summary>
    public const string Text = "string";

    private static readonly Dictionary<string, (Type Type, int Bytes)> Known = new(StringComparer.Ordinal)
    {
        ["bool"] = (typeof(bool), 1),
        ["int8"] = (typeof(sbyte), 1),
        ["int16"] = (typeof(short), 2),
        ["int32"] = (typeof(int), 4),
        ["int64"] = (typeof(long), 8),
        ["uint8"] = (typeof(byte), 1),
        ["uint16"] = (typeof(ushort), 2),
        ["uint32"] = (typeof(uint), 4),
        ["uint64"] = (typeof(ulong), 8),
        ["float16"] = (typeof(Half), 2),
        ["float32"] = (typeof(float), 4),
        ["float64"] = (typeof(double), 8),
        [Text] = (typeof(byte), 1),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Bytes of a value; 1 for text.</summary>
    /// <exception cref="ArgumentException">No such type.</exception>
    public static int SizeOf(string dtype) => Find(dtype).Bytes;

    /// <summary>The .NET type of a value; bytes for text.</summary>
    /// <exception cref="ArgumentException">No such type.</exception>
    public static Type TypeOf(string dtype) => Find(dtype).Type;

    /// <summary>Whether values are written with a fraction.</summary>
    public static bool IsFloating(string dtype) => dtype is "float16" or "float32" or "float64";

    private static (Type Type, int Bytes) Find(string dtype) =>
        Known.TryGetValue(dtype, out var found)
            ? found
            : throw new ArgumentException($"expected one of {string.Join(", ", Known.Keys)}. Received: \"{dtype}\".", nameof(dtype));
}
