namespace TrainingService.Contracts.Artifacts;

/// <summary>
/// Names of a job's files: one name, or folders and a name with '/' between them (<c>logs/train/events.out.tfevents.1</c>). Each part has letters,
/// digits, '.', '_' and '-' and begins with a letter or digit, so that no name leads out of the folder it is put into.
/// </summary>
public static class ArtifactName
{
    /// <summary>Longest name, folders included.</summary>
    public const int MaxLength = 200;

    private const int MostParts = 8;

    /// <summary>Whether this may be the name of a file.</summary>
    public static bool IsSafe(string name)
    {
        if (name.Length > MaxLength)
            return false;
        var parts = name.Split('/');
        return parts.Length <= MostParts && Array.TrueForAll(parts, IsSafePart);
    }

    private static bool IsSafePart(string part) =>
        part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
