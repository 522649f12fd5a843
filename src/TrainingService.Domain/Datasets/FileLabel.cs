using System.Text;

namespace TrainingService.Domain.Datasets;

/// <summary>
/// What an owner calls a file. It is a text and never a path of ours; what could make it one is taken out, and folders stay, because they may
/// say which split and which class a file belongs to.
/// </summary>
public static class FileLabel
{
    /// <summary>Longest label.</summary>
    public const int MaxLength = 1_000;

    private const string Nameless = "file";

    public static string Of(string? name)
    {
        var text = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
            text.Append(Rune.IsControl(rune) || rune == Rune.ReplacementChar ? "_" : rune.Value is '\\' ? "/" : rune.ToString());
        var parts = text.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(part => part is not ("." or "..") && !part.EndsWith(':'));
        var label = string.Join('/', parts);
        // The end of it: there the kind of file stands.
        return label.Length == 0 ? Nameless : label.Length <= MaxLength ? label : label[^MaxLength..].TrimStart('/');
    }
}
