namespace TrainingService.Contracts.Shapes;

/// <summary>A rule about a spec is broken. The message says what was expected and what came; whoever walks the spec adds where.</summary>
public sealed class SpecException(string message, string? field = null, string? code = null) : Exception(message)
{
    /// <summary>The field of the spec that broke the rule (<c>units</c>), when it is one field.</summary>
    public string? Field { get; } = field;

    /// <summary>Kind of the violation, when it is another than whoever walks the spec would say.</summary>
    public string? Code { get; } = code;
}
