using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Datasets;

/// <summary>The rows of a source: opened once, read by each of the sets that they are divided into.</summary>
internal sealed class DatasetRows : IDisposable
{
    private readonly DataSource _source;
    private readonly IReadOnlyList<(DatasetInfo Info, SourceRows Rows)> _parts;
    private readonly RowLayout _layout;
    private readonly ModelSpec? _model;
    private Subset[]? _subsets;

    /// <summary>Opens the splits that a source names.</summary>
    /// <param name="plan">Says in which folders they are.</param>
    /// <param name="source">Which rows, and which tensors their columns make.</param>
    /// <exception cref="DatasetException">They cannot be read, or are not what the source says.</exception>
    public DatasetRows(TrainerPlan plan, DataSource source)
    {
        (_source, _model) = (source, plan.Spec.Model);
        var found = source.Parts().Select(part => (Part: part, Location: Find(plan, part))).ToList();
        if (found.Count == 0)
            throw new DatasetException("expected the name of a data set. Received: none.");
        try
        {
            _layout = RowLayout.Of(found[0].Location.Info.AllColumns(), source);
        }
        catch (SpecException broken)
        {
            throw new DatasetException($"{found[0].Location.Info.Name}: {broken.Message}", broken);
        }
        _parts = [.. found.Select(each => (each.Location.Info, SourceRows.Open(each.Location, each.Part.Split)))];
    }

    /// <summary>Rows of all parts.</summary>
    public long Count => _parts.Sum(part => part.Rows.Count);

    /// <summary>The tensors of the rows.</summary>
    public RowLayout Layout => _layout;

    /// <summary>The columns that they are made of.</summary>
    public IReadOnlyList<ColumnInfo> Columns => _parts[0].Info.AllColumns();

    /// <summary>Divides the rows.</summary>
    public void Divide(SplitSpec split, RandomStreams random) => _subsets = RowDivision.Of(split, Count, () => Column(SplitColumn(split), null), random);

    /// <summary>The rows' components, and what they count by class.</summary>
    /// <param name="classWeights">What weighs the rows; null where nothing does.</param>
    /// <param name="weighsClasses">Whether rows are weighed by the class of their first label.</param>
    public RowSet Open(out ClassWeightColumn? classWeights, bool weighsClasses = false)
    {
        classWeights = null;
        List<Component> components =
        [
            .. Ordered(_layout.Features, "input", walk => walk.Inputs).Select(tensor => Component(tensor, ComponentRole.Feature, null)),
            .. Ordered(_layout.Labels, "output", walk => walk.Outputs).Select(tensor => Component(tensor, ComponentRole.Label, IsWhole(tensor.Dtype) ? "int64" : null)),
        ];
        if (_layout.Weight is { } weight)
            components.Add(Component(weight, ComponentRole.Weight, "float32"));
        if (weighsClasses)
        {
            if (_layout.Weight is not null)
                throw new DatasetException("The rows have weights of their own: class_weight cannot be used with them.");
            classWeights = new ClassWeightColumn(Column(_layout.Labels.First().Columns, null));
            components.Add(new Component(RowLayout.WeightName, ComponentRole.Weight, classWeights));
        }
        return new RowSet(components)
        {
            FurtherColumns = new FurtherColumns([.. Columns.Where(column => column.IsScalarNumber()).Select(column => column.Name)], name => Column(name, "float64")),
            Trim = () =>
            {
                foreach (var (_, rows) in _parts)
                    rows.Trim();
            },
        };
    }

    /// <summary>The order that a pipeline begins with: the rows of a subset, those of several parts in turns.</summary>
    /// <param name="random">The job's random streams.</param>
    /// <param name="name">Whose order.</param>
    /// <param name="subset">Null takes all rows.</param>
    public RowOrder Order(RandomStreams random, string name, Subset? subset)
    {
        if (_parts.Count == 1 && subset is null)
            return new RowOrder(random, name, Count);
        var rows = _parts.Count == 1
            ? () => RowInterleave.Of([Count], 1, 1)
            : (Func<IEnumerable<long>>)(() => RowInterleave.Of([.. _parts.Select(part => part.Rows.Count)], _source.CycleLength ?? _parts.Count, _source.BlockLength ?? 1));
        if (subset is not { } only)
            return new RowOrder(random, name, _ => rows(), Count);
        var sets = _subsets ?? throw new DatasetException($"expected data.split, which makes the {only} rows. Received: none.");
        return new RowOrder(random, name, _ => rows().Where(row => sets[row] == only), sets.LongCount(set => set == only));
    }

    private Component Component(RowTensor tensor, ComponentRole role, string? dtype) => new(tensor.Name, role, Column(tensor.Columns, dtype)) { Sources = [.. tensor.Columns] };

    private RowColumn Column(ColumnNames columns, string? dtype)
    {
        var parts = _parts.Select(part => part.Rows.Tensor(columns, dtype)).ToList();
        return parts is [var only] ? only : new ConcatenatedColumn(parts);
    }

    /// <summary>The column that a division goes by.</summary>
    private string SplitColumn(SplitSpec split)
    {
        var role = split.Method switch { SplitMethod.Hash => ColumnRole.Id, SplitMethod.Time => ColumnRole.Time, _ => ColumnRole.Label };
        return split.Column ?? Columns.FirstOrDefault(column => column.Role == role)?.Name
            ?? throw new DatasetException($"split: expected a column with the role {role.ToString().ToLowerInvariant()}, or the name of one. Received: none.");
    }

    /// <summary>Tensors that go by name in the order of the model's inputs or outputs.</summary>
    private List<RowTensor> Ordered(IEnumerable<RowTensor> tensors, string kind, Func<ModelWalk, IReadOnlyList<ModelTensor>> places)
    {
        var all = tensors.ToList();
        if (all.Count < 2 || _model is null)
            return all;
        var names = places(ModelWalk.Through(_model, (IReadOnlyList<Shape>?)null)).Select(tensor => tensor.Name).ToList();
        return all.Find(tensor => !names.Contains(tensor.Name)) is { } other
            ? throw new DatasetException($"expected the name of an {kind} of the model: {string.Join(", ", names)}. Received: \"{other.Name}\".")
            : [.. all.OrderBy(tensor => names.IndexOf(tensor.Name))];
    }

    private static bool IsWhole(string dtype) => dtype == "bool" || dtype.StartsWith("int", StringComparison.Ordinal) || dtype.StartsWith("uint", StringComparison.Ordinal);

    private static DatasetLocation Find(TrainerPlan plan, SourcePart part)
    {
        var location = plan.Datasets.FirstOrDefault(location => DatasetReference.TryParse(part.Dataset)?.Names(location.Info) == true)
            ?? throw new DatasetException($"The plan has no folder for the data set \"{part.Dataset}\".");
        return part.Fingerprint is null || location.Info.Fingerprint is null || part.Fingerprint == location.Info.Fingerprint ? location
            : throw new DatasetException($"{part.Dataset}: expected the rows with fingerprint {part.Fingerprint}. Received: {location.Info.Fingerprint}.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (_, rows) in _parts)
            rows.Dispose();
    }
}
