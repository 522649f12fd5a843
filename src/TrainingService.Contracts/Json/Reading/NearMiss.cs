namespace TrainingService.Contracts.Json.Reading;

/// <summary>Finds the word that was probably meant.</summary>
internal static class NearMiss
{
    private const int LongestWord = 64;

    /// <summary>A question with the closest word, or null when none is close.</summary>
    public static string? Hint(string received, IEnumerable<string> known) =>
        Find(received, known) is { } word ? $"did you mean \"{word}\"?" : null;

    /// <summary>The word within a third of its length in edits, or null.</summary>
    public static string? Find(string received, IEnumerable<string> known)
    {
        if (received.Length is 0 or > LongestWord)
            return null;
        var (best, distance) = ((string?)null, int.MaxValue);
        foreach (var word in known)
        {
            var edits = Distance(received.ToLowerInvariant(), word.ToLowerInvariant());
            if (edits < distance && edits <= Math.Max(1, Math.Max(word.Length, received.Length) / 3))
                (best, distance) = (word, edits);
        }
        return best;
    }

    /// <summary>Edits (insert, delete, replace, swap neighbours) between two words: Damerau-Levenshtein, optimal string alignment.</summary>
    public static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > LongestWord || b.Length > LongestWord || a.Length > LongestWord)
            return int.MaxValue;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), replace);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
