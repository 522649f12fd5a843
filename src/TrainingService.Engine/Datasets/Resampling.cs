using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Datasets;

/// <summary>Makes the classes of a pass come in other proportions.</summary>
internal static class Resampling
{
    /// <summary>Every class as often as the largest, or the smallest.</summary>
    public static Func<int[], Func<IEnumerable<long>, SplitMix64, IEnumerable<long>>> Of(ResampleStrategy strategy) => strategy switch
    {
        ResampleStrategy.Oversample => classes => (rows, numbers) => Oversampled([.. rows], classes, numbers),
        _ => classes => (rows, numbers) => Undersampled([.. rows], classes, numbers),
    };

    /// <summary>tf.data's rejection_resample: a row stays with the chance target / initial of its class, divided by the largest such ratio.</summary>
    /// <param name="target">Part of each class, by its number.</param>
    /// <param name="initial">Part of each class as it comes; null counts.</param>
    public static Func<int[], Func<IEnumerable<long>, SplitMix64, IEnumerable<long>>> Rejecting(IReadOnlyList<double> target, IReadOnlyList<double>? initial) =>
        classes => (rows, numbers) =>
        {
            var all = initial is null ? rows.ToArray() : null;
            var parts = initial ?? Parts(all!, classes, target.Count);
            var ratios = target.Zip(parts, (wanted, found) => wanted <= 0 || found <= 0 ? 0 : wanted / found).ToList();
            var largest = ratios.Max();
            return (all ?? rows).Where(row => numbers.Unit() * largest < (classes[row] >= 0 && classes[row] < ratios.Count ? ratios[classes[row]] : 0));
        };

    private static double[] Parts(long[] rows, int[] classes, int count)
    {
        var parts = new double[count];
        foreach (var row in rows.Where(row => classes[row] >= 0 && classes[row] < count))
            parts[classes[row]]++;
        return parts;
    }

    /// <summary>All rows in their order, and between them those of smaller classes again, each about as often as the others of its class.</summary>
    private static IEnumerable<long> Oversampled(long[] rows, int[] classes, SplitMix64 numbers)
    {
        var byClass = rows.GroupBy(row => classes[row]).OrderBy(group => group.Key).Select(group => group.ToArray()).ToList();
        var most = byClass.Select(group => group.Length).DefaultIfEmpty(0).Max();
        List<long> more = [];
        foreach (var group in byClass)
        {
            for (var missing = most - group.Length; missing > 0; missing -= group.Length)
            {
                Shuffle(group, numbers);
                more.AddRange(group.Take(missing));
            }
        }
        var added = more.ToArray();
        Shuffle(added, numbers);
        for (int own = 0, other = 0; own + other < rows.Length + added.Length;)
        {
            // So that they are spread evenly: the next one is an added one with the chance of its part of the rest.
            if (numbers.Below(rows.Length - own + added.Length - other) < rows.Length - own)
                yield return rows[own++];
            else
                yield return added[other++];
        }
    }

    /// <summary>Rows in their order without some of the larger classes.</summary>
    private static IEnumerable<long> Undersampled(long[] rows, int[] classes, SplitMix64 numbers)
    {
        var left = rows.CountBy(row => classes[row]).ToDictionary();
        var least = left.Values.DefaultIfEmpty(0).Min();
        var wanted = left.Keys.ToDictionary(number => number, _ => least);
        foreach (var row in rows)
        {
            // Knuth's selection sampling: of those left, as many are wanted.
            var number = classes[row];
            if (numbers.Below(left[number]--) < wanted[number])
            {
                wanted[number]--;
                yield return row;
            }
        }
    }

    /// <summary>Fisher and Yates.</summary>
    public static void Shuffle(long[] values, SplitMix64 numbers)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var other = numbers.Below(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }
}
