using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>How values are separated.</summary>
/// <param name="Delimiter">Between values.</param>
/// <param name="Quote">Around values that hold the delimiter, quotes or line ends.</param>
internal sealed record CsvDialect(char Delimiter, char Quote)
{
    private const int LinesLooked = 50;

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>What the options say, and where they say nothing, what separates the first lines into the same number of values, and the most of them.</summary>
    /// <param name="options">Decide first.</param>
    /// <param name="usual">Where nothing separates anything.</param>
    /// <param name="beginning">The first characters of a file.</param>
    public static CsvDialect Find(IngestOptions options, char usual, ReadOnlySpan<char> beginning)
    {
        var quote = options.Quote?[0] ?? '"';
        if (options.Delimiter is { } given)
            return new CsvDialect(given[0], quote);
        var lines = Lines(beginning, quote);
        var best = Delimiters.Select(delimiter => (Delimiter: delimiter, Fields: SameCount(lines, delimiter))).OrderByDescending(found => found.Fields).ThenBy(found => found.Delimiter == usual ? 0 : 1).First();
        return new CsvDialect(best.Fields > 0 ? best.Delimiter : usual, quote);
    }

    /// <summary>How often it is in every line; 0 when lines differ.</summary>
    private static int SameCount(List<string> lines, char delimiter)
    {
        var counts = lines.Select(line => line.Count(letter => letter == delimiter)).Distinct().ToList();
        return counts is [var same] ? same : 0;
    }

    /// <summary>The first whole lines, without what is quoted.</summary>
    private static List<string> Lines(ReadOnlySpan<char> text, char quote)
    {
        List<string> lines = [];
        var line = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var letter in text)
        {
            if (letter == quote)
                quoted = !quoted;
            else if (quoted)
                continue;
            else if (letter is not ('\n' or '\r'))
                line.Append(letter);
            else if (line.Length > 0)
            {
                lines.Add(line.ToString());
                line.Clear();
                if (lines.Count == LinesLooked)
                    return lines;
            }
        }
        return lines.Count == 0 && line.Length > 0 ? [line.ToString()] : lines;
    }
}
