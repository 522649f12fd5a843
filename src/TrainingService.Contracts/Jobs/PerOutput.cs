using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;

namespace TrainingService.Contracts.Jobs;

/// <summary>How something is given for the outputs of a model.</summary>
public enum PerOutputForm
{
    /// <summary>One for all outputs.</summary>
    One,

    /// <summary>A list: one entry per output, in order.</summary>
    List,

    /// <summary>A dict by the outputs' names.</summary>
    Dict,
}

/// <summary>What an output is given.</summary>
/// <typeparam name="T">A loss, a metric, a weight.</typeparam>
/// <param name="Output">The output's name; null in a list.</param>
/// <param name="Items">What it is given; none for null.</param>
/// <param name="Bare">Whether the one item stands without a list of its own.</param>
public sealed record OutputEntry<T>(string? Output, IReadOnlyList<T> Items, bool Bare = true);

/// <summary>Something that <c>compile</c> takes for each output: one for all, a list, or a dict by the outputs' names. As a list it is all of them.</summary>
/// <typeparam name="T">A loss, a metric, a weight.</typeparam>
/// <param name="Form">How it is written.</param>
/// <param name="Entries">One for each output that is given something.</param>
[CollectionBuilder(typeof(PerOutput), nameof(PerOutput.List))]
public sealed record PerOutput<T>(PerOutputForm Form, IReadOnlyList<OutputEntry<T>> Entries) : IWireForm, IReadOnlyList<T>
{
    private IEnumerable<T> Items => Entries.SelectMany(entry => entry.Items);

    /// <inheritdoc />
    public int Count => Items.Count();

    /// <inheritdoc />
    public T this[int index] => Items.ElementAt(index);

    /// <summary>The same for all outputs.</summary>
    public static implicit operator PerOutput<T>(T item) => new(PerOutputForm.One, [new OutputEntry<T>(null, [item])]);

    /// <summary>The same with other items.</summary>
    /// <param name="change">Makes an item of an item.</param>
    public PerOutput<T> Select(Func<T, T> change) => this with { Entries = [.. Entries.Select(entry => entry with { Items = [.. entry.Items.Select(change)] })] };

    /// <inheritdoc />
    public bool Equals(PerOutput<T>? other) => other is not null && Form == other.Form && Entries.Count == other.Entries.Count
        && Entries.Zip(other.Entries).All(pair => pair.First.Output == pair.Second.Output && pair.First.Bare == pair.Second.Bare && pair.First.Items.SequenceEqual(pair.Second.Items));

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Form, Entries.Count, Count);

    /// <inheritdoc />
    public IEnumerator<T> GetEnumerator() => Items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void IWireForm.Write(Utf8JsonWriter writer)
    {
        switch (Form)
        {
            case PerOutputForm.One:
                WriteEntry(writer, Entries[0]);
                break;
            case PerOutputForm.List:
                writer.WriteStartArray();
                foreach (var entry in Entries)
                    WriteEntry(writer, entry);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStartObject();
                foreach (var entry in Entries)
                {
                    writer.WritePropertyName(entry.Output!);
                    WriteEntry(writer, entry);
                }
                writer.WriteEndObject();
                break;
        }
    }

    private static void WriteEntry(Utf8JsonWriter writer, OutputEntry<T> entry)
    {
        if (!entry.Bare)
            SpecWriter.Write(writer, entry.Items);
        else
            SpecWriter.Write(writer, entry.Items.Count == 0 ? null : entry.Items[0]);
    }
}

/// <summary>Makes <see cref="PerOutput{T}"/> of lists.</summary>
public static class PerOutput
{
    /// <summary>A list of items.</summary>
    public static PerOutput<T> List<T>(ReadOnlySpan<T> items)
    {
        List<OutputEntry<T>> entries = [];
        foreach (var item in items)
            entries.Add(new OutputEntry<T>(null, [item]));
        return new PerOutput<T>(PerOutputForm.List, entries);
    }
}
