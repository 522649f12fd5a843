namespace TrainingService.Engine.Datasets;

/// <summary>tf.data's interleave: rows of several parts in turns.</summary>
internal static class RowInterleave
{
    /// <summary>Numbers of the rows of all parts, as if they lay one behind the other, in turns.</summary>
    /// <param name="counts">Rows of each part.</param>
    /// <param name="cycleLength">How many parts are open at a time; where one ends, the next one takes its place.</param>
    /// <param name="blockLength">Rows that are taken from each in its turn.</param>
    public static IEnumerable<long> Of(IReadOnlyList<long> counts, int cycleLength, long blockLength)
    {
        var open = new (long Next, long End)?[cycleLength];
        var (part, start, places) = (0, 0L, 0);
        for (var place = 0; part < counts.Count || places > 0; place = (place + 1) % cycleLength)
        {
            if (open[place] is null && part < counts.Count)
            {
                open[place] = (start, start + counts[part]);
                start += counts[part++];
                places++;
            }
            if (open[place] is not var (next, end))
                continue;
            var last = next + Math.Min(blockLength, end - next);
            for (; next < last; next++)
                yield return next;
            // That a part has ended is noticed when it gives less than a whole block.
            var hasEnded = last - open[place]!.Value.Next < blockLength;
            open[place] = hasEnded ? null : (next, end);
            places -= hasEnded ? 1 : 0;
        }
    }
}
