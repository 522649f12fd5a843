namespace TrainingService.Contracts.Json.Reading;

/// <summary>What one reading of a document has found so far: the violations, and where each record came from.</summary>
internal sealed class ReadContext
{
    /// <summary>A client mends the first hundred and asks again; more would only make a hostile body expensive.</summary>
    public const int MaxViolations = 100;

    private readonly List<Violation> _violations = [];
    private readonly Dictionary<object, Source> _sources = new(ReferenceEqualityComparer.Instance);

    /// <summary>Violations found, those past the limit included.</summary>
    public int Count { get; private set; }

    public bool IsFull => _violations.Count >= MaxViolations;

    public IReadOnlyList<Violation> Violations => _violations;

    public void Add(string pointer, string code, string message, string? hint = null)
    {
        Count++;
        if (!IsFull)
            _violations.Add(new Violation(pointer, code, message, hint));
    }

    /// <param name="spec">A record that was read.</param>
    /// <param name="pointer">Where it stands.</param>
    /// <param name="fields">Where its fields stand, or null when it was a bare name.</param>
    /// <param name="sound">Whether nothing inside it broke a rule.</param>
    public void Remember(object spec, string pointer, string? fields, bool sound) => _sources[spec] = new Source(pointer, fields, sound);

    /// <summary>Whether the record was read from the document.</summary>
    public bool Knows(object spec) => _sources.ContainsKey(spec);

    /// <summary>Where the record stands in the document.</summary>
    public string At(object spec) => _sources[spec].Pointer;

    /// <summary>Where a field of the record stands, or would stand.</summary>
    public string Field(object spec, string? name)
    {
        var source = _sources[spec];
        return name is null || source.Fields is null ? source.Pointer : Pointers.Child(source.Fields, name);
    }

    /// <summary>Whether the record was read without a violation, so that rules about it make sense.</summary>
    public bool IsSound(object? spec) => spec is not null && _sources.TryGetValue(spec, out var source) && source.Sound;

    private sealed record Source(string Pointer, string? Fields, bool Sound);
}
