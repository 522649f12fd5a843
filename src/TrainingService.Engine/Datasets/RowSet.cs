namespace TrainingService.Engine.Datasets;

/// <summary>What a component of the rows is for.</summary>
public enum ComponentRole
{
    /// <summary>An input of the model.</summary>
    Feature,

    /// <summary>What an output is compared with.</summary>
    Label,

    /// <summary>What a row counts in an output's loss.</summary>
    Weight,

    /// <summary>Looked at by steps that choose rows; not part of a batch.</summary>
    Other,
}

/// <summary>A named part of every row.</summary>
/// <param name="Name">Name of the model's input or output, or of a column.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Column">Its values.</param>
/// <param name="Place">Of a weight: which output's, from 0. Otherwise 0.</param>
public sealed record Component(string Name, ComponentRole Role, RowColumn Column, int Place = 0)
{
    /// <summary>The data set's columns that it is made of; empty where it does not come from one.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];
}

/// <summary>A set of rows: components of equal length, read by row numbers. It need not be in memory.</summary>
public sealed class RowSet : IDisposable
{
    /// <summary>Puts components together.</summary>
    /// <param name="components">Features in the order of the model's inputs, labels in that of its outputs; taken over.</param>
    /// <exception cref="DatasetException">There is no feature, or they have different numbers of rows.</exception>
    public RowSet(IReadOnlyList<Component> components)
    {
        Components = components;
        if (!components.Any(component => component.Role == ComponentRole.Feature))
            throw new DatasetException("expected rows with at least one feature. Received: none.");
        Count = components[0].Column.Count;
        if (components.FirstOrDefault(component => component.Column.Count != Count) is { } other)
            throw new DatasetException($"expected {Count} rows in every column, as {components[0].Name} has. Received: {other.Column.Count} in {other.Name}.");
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Component> Components { get; }

    /// <summary>How many rows.</summary>
    public long Count { get; }

    /// <summary>How many outputs have weights of their own behind the first one's, which otherwise are for all. Default: 0.</summary>
    public int FurtherWeights { get; init; }

    /// <summary>Columns of numbers that are no components; null where there are none.</summary>
    public FurtherColumns? FurtherColumns { get; init; }

    /// <summary>Called after rows were read: gives memory back. Default: nothing.</summary>
    public Action? Trim { get; init; }

    /// <summary>Rows of other values.</summary>
    /// <param name="components">In the same order.</param>
    /// <param name="chosen">Which rows of this set they are; null is all.</param>
    internal RowSet With(IReadOnlyList<Component> components, long[]? chosen) => new(components)
    {
        FurtherWeights = FurtherWeights,
        Trim = Trim,
        FurtherColumns = FurtherColumns is not { } further || chosen is null ? FurtherColumns
            : further with { Find = name => further.Find(name) is { } column ? new SelectedColumn(column, chosen) : null },
    };

    /// <summary>The place of a component.</summary>
    /// <param name="name">Its name; <c>features</c> or <c>labels</c> where there is one of them; or that of the column that it consists of. Null is the features.</param>
    /// <exception cref="DatasetException">There is none, or no single one.</exception>
    public int PlaceOf(string? name) => FindPlace(name) ?? throw new DatasetException(
        $"expected one of {string.Join(", ", Components.Where(component => component.Role != ComponentRole.Weight).Select(component => component.Name))}. Received: {name ?? "nothing, which is for rows of one input"}.");

    /// <summary>The same, or null.</summary>
    public int? FindPlace(string? name) => name switch
    {
        _ when Single(component => component.Name == name) is { } named => named,
        null or "features" => Single(component => component.Role == ComponentRole.Feature),
        "labels" => Single(component => component.Role == ComponentRole.Label),
        _ => Single(component => component.Sources is [var only] && only == name),
    };

    private int? Single(Func<Component, bool> which) =>
        Enumerable.Range(0, Components.Count).Where(place => which(Components[place])).Take(2).ToArray() is [var only] ? only : null;

    /// <summary>Rows in memory.</summary>
    /// <param name="rows">Taken over.</param>
    public static RowSet Of(Rows rows) => new(
    [
        .. Named("x", ComponentRole.Feature, [rows.Features, .. rows.MoreFeatures]), .. Named("y", ComponentRole.Label, [rows.Labels, .. rows.MoreLabels]),
        .. Named("sample_weight", ComponentRole.Weight, [rows.SampleWeight, .. rows.MoreSampleWeights]),
    ])
    {
        FurtherWeights = rows.MoreSampleWeights.Count,
    };

    private static IEnumerable<Component> Named(string name, ComponentRole role, IEnumerable<TorchSharp.torch.Tensor?> tensors) => tensors
        .Select((tensor, place) => tensor is null ? null : new Component(place == 0 ? name : $"{name}_{place}", role, new TensorColumn(tensor), role == ComponentRole.Weight ? place : 0))
        .OfType<Component>();

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var component in Components)
            component.Column.Dispose();
    }
}

/// <summary>Columns that steps may look at although no batch has them.</summary>
/// <param name="Names">What they are called.</param>
/// <param name="Find">Opens one; the rows dispose of it.</param>
public sealed record FurtherColumns(IReadOnlyList<string> Names, Func<string, RowColumn?> Find);
