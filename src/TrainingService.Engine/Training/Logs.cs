namespace TrainingService.Engine.Training;

/// <summary>Figures by name, in the order in which they were added: <c>loss</c>, the metrics, <c>val_loss</c>, …</summary>
public sealed class Logs
{
    private readonly OrderedDictionary<string, double> _figures = [];

    /// <summary>A figure.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public double this[string name]
    {
        get => _figures[name];
        set => _figures[name] = value;
    }

    /// <summary>Names, in order.</summary>
    public IReadOnlyList<string> Names => _figures.Keys;

    /// <summary>A figure, or null.</summary>
    public double? Find(string name) => _figures.TryGetValue(name, out var value) ? value : null;

    /// <summary>Adds figures under a prefix, such as <c>val_</c>.</summary>
    public void Add(string prefix, Logs others)
    {
        foreach (var (name, value) in others._figures)
            _figures[prefix + name] = value;
    }

    /// <summary>The same figures, apart.</summary>
    internal Logs Copy()
    {
        var copy = new Logs();
        copy.Add("", this);
        return copy;
    }

    /// <summary>The figures for JSON: what is not finite is null.</summary>
    public IReadOnlyDictionary<string, double?> ToFigures() =>
        new OrderedDictionary<string, double?>(_figures.Select(pair => KeyValuePair.Create(pair.Key, double.IsFinite(pair.Value) ? pair.Value : (double?)null)));

    /// <summary>Names of the figures that are not finite, with <c>nan</c>, <c>inf</c> or <c>-inf</c>; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? ToNonFinite()
    {
        var names = _figures.Where(pair => !double.IsFinite(pair.Value))
            .ToDictionary(pair => pair.Key, pair => double.IsNaN(pair.Value) ? "nan" : pair.Value > 0 ? "inf" : "-inf");
        return names.Count == 0 ? null : names;
    }
}
