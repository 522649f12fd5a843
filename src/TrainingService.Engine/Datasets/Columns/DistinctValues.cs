using System.Runtime.InteropServices;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Counts each distinct value, until there are too many to be worth it.</summary>
/// <param name="comparer">Of the values. Default: their own.</param>
internal sealed class DistinctValues<T>(IEqualityComparer<T>? comparer = null)
    where T : notnull
{
    /// <summary>Distinct values that are counted.</summary>
    public const int Most = 1_000;

    private const int Listed = 20;

    private Dictionary<T, long>? _counts = new(comparer);

    /// <summary>Whether they are still counted.</summary>
    public bool Counts => _counts is not null;

    /// <summary>How many; the limit when there are more.</summary>
    public long Number => _counts?.Count ?? Most;

    /// <summary>The values and how often they came; null when there are too many.</summary>
    public IReadOnlyDictionary<T, long>? ByValue => _counts;

    public void Add(T value, long times = 1)
    {
        if (_counts is null)
            return;
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, value, out _) += times;
        if (_counts.Count > Most)
            Stop();
    }

    /// <summary>Adds a value by something it is equal to, which need not be kept.</summary>
    public void AddEqual<TAlternate>(TAlternate value)
        where TAlternate : notnull, allows ref struct
    {
        if (_counts is null)
            return;
        CollectionsMarshal.GetValueRefOrAddDefault(_counts.GetAlternateLookup<TAlternate>(), value, out _)++;
        if (_counts.Count > Most)
            Stop();
    }

    /// <summary>Counts no more.</summary>
    public void Stop() => _counts = null;

    /// <summary>The most frequent ones.</summary>
    /// <param name="text">Writes a value.</param>
    public IReadOnlyList<ValueCount>? Top(Func<T, string> text) =>
        _counts?.Select(pair => new ValueCount(text(pair.Key), pair.Value))
            .OrderByDescending(value => value.Count).ThenBy(value => value.Value, StringComparer.Ordinal).Take(Listed).ToList();
}
