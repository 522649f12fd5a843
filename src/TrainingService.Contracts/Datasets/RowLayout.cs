using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>What a tensor of the rows is for.</summary>
public enum RowPart
{
    /// <summary>Goes into the model.</summary>
    Feature,

    /// <summary>What the model learns to give.</summary>
    Label,

    /// <summary>What a row counts in the loss.</summary>
    Weight,
}

/// <summary>One tensor of the rows.</summary>
/// <param name="Name"><c>features</c>, <c>labels</c>, <c>sample_weight</c>, or the name of the model's input or output that it is for.</param>
/// <param name="Part">What it is for.</param>
/// <param name="Columns">The column that it is, or the columns of numbers that stand side by side in it as float32.</param>
/// <param name="Shape">With the batch axis.</param>
/// <param name="Dtype">As in <see cref="ColumnInfo"/>.</param>
/// <param name="Classes">Number of classes where it holds their numbers.</param>
public sealed record RowTensor(string Name, RowPart Part, ColumnNames Columns, Shape Shape, string Dtype, int? Classes = null)
{
    /// <summary>Whether it holds texts.</summary>
    public bool IsText() => Dtype == ColumnInfo.TextDtype;

    /// <summary>Whether the rows' values differ in shape.</summary>
    public bool Varies() => Shape.ElementsPerSample is null;
}

/// <summary>The tensors that columns make, as <see cref="DataSource.Features"/>, <see cref="DataSource.Labels"/> and <see cref="DataSource.SampleWeight"/> say.</summary>
/// <param name="Tensors">The features in order, then the labels in order, then the weight.</param>
public sealed record RowLayout(IReadOnlyList<RowTensor> Tensors)
{
    /// <summary>Names of the tensors where they do not go by the model's inputs and outputs.</summary>
    public const string FeaturesName = "features", LabelsName = "labels", WeightName = "sample_weight";

    /// <summary>What goes into the model.</summary>
    public IEnumerable<RowTensor> Features => Tensors.Where(tensor => tensor.Part == RowPart.Feature);

    /// <summary>What the model learns to give.</summary>
    public IEnumerable<RowTensor> Labels => Tensors.Where(tensor => tensor.Part == RowPart.Label);

    /// <summary>What a row counts, or null.</summary>
    public RowTensor? Weight => Tensors.FirstOrDefault(tensor => tensor.Part == RowPart.Weight);

    /// <summary>The tensors of a source.</summary>
    /// <param name="columns">Of the data set.</param>
    /// <param name="source">Says which of them are used.</param>
    /// <exception cref="SpecException">A column is not there, or the columns make no tensor; says at which field.</exception>
    public static RowLayout Of(IReadOnlyList<ColumnInfo> columns, DataSource source)
    {
        List<RowTensor> tensors =
        [
            .. Choose(columns, source.Features, ColumnRole.Feature, RowPart.Feature, FeaturesName),
            .. Choose(columns, source.Labels, ColumnRole.Label, RowPart.Label, LabelsName),
        ];
        if (source.SampleWeight is { } named)
            tensors.Add(WeightOf(Find(columns, named, WeightName)));
        else if (columns.FirstOrDefault(column => column.Role == ColumnRole.Weight) is { } weight)
            tensors.Add(WeightOf(weight));
        if (tensors.Where(tensor => tensor.Part != RowPart.Weight).GroupBy(tensor => tensor.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new SpecException($"expected names that features and labels do not share. Received: \"{twice.Key}\" in both.", LabelsName);
        return new RowLayout(tensors);
    }

    /// <summary>The tensor that a step is applied to.</summary>
    /// <param name="on">A tensor's name, or a column that is a tensor by itself; null is the only tensor of features.</param>
    /// <returns>Null when there is no such tensor, or when null could mean several.</returns>
    public RowTensor? Find(string? on) => on is null
        ? Features.ToList() is [var only] ? only : null
        : Tensors.FirstOrDefault(tensor => tensor.Name == on) ?? Tensors.FirstOrDefault(tensor => tensor.Columns is [var column] && column == on);

    /// <summary>Everything that a step can name as what it is applied to.</summary>
    public IEnumerable<string> Names() =>
        Tensors.Select(tensor => tensor.Name).Concat(Tensors.Where(tensor => tensor.Columns.Count == 1).Select(tensor => tensor.Columns[0])).Distinct();

    private static IEnumerable<RowTensor> Choose(IReadOnlyList<ColumnInfo> columns, ColumnChoice? choice, ColumnRole role, RowPart part, string name)
    {
        if (choice?.ByName is { } byName)
            return byName.Select(entry => Tensor(columns, entry.Key, entry.Value, part, name));
        if (choice?.Columns is { } chosen)
            return [Tensor(columns, name, chosen, part, name)];
        List<string> own = [.. columns.Where(column => column.Role == role).Select(column => column.Name)];
        if (own.Count == 0)
            throw new SpecException($"expected {name}: none of the columns has the role {role.ToString().ToLowerInvariant()}. Columns: {List(columns)}.", name);
        // A single number per row goes into a model as a vector of one, as Keras's fit has it; a label stays what it is.
        var alone = own.Count == 1 && (part == RowPart.Label || !Find(columns, own[0], name).IsScalarNumber());
        return [Tensor(columns, name, alone ? new ColumnNames(own[0]) : new ColumnNames(own), part, name)];
    }

    private static RowTensor Tensor(IReadOnlyList<ColumnInfo> columns, string name, ColumnNames names, RowPart part, string field)
    {
        List<ColumnInfo> found = [.. names.Select(column => Find(columns, column, field))];
        if (!names.IsList || found is [{ } single] && !single.IsScalarNumber())
            return new RowTensor(name, part, found[0].Name, new Shape([null, .. found[0].RowShape]), found[0].Dtype, found[0].Classes?.Count);
        if (found.Find(column => !column.IsScalarNumber()) is { } other)
        {
            throw new SpecException(
                $"expected columns that are one number per row, which stand side by side. Received: {other.Name}, {Kind(other)}; an object by the model's {(part == RowPart.Feature ? "inputs" : "outputs")} gives it a tensor of its own.",
                field);
        }
        return new RowTensor(name, part, names, new Shape(null, found.Count), "float32");
    }

    private static RowTensor WeightOf(ColumnInfo column) => column.IsScalarNumber()
        ? new RowTensor(WeightName, RowPart.Weight, column.Name, new Shape((long?)null), column.Dtype)
        : throw new SpecException($"expected a column of one number per row. Received: {column.Name}, {Kind(column)}.", WeightName);

    private static ColumnInfo Find(IReadOnlyList<ColumnInfo> columns, string name, string field) =>
        columns.FirstOrDefault(column => column.Name == name)
        ?? throw new SpecException($"expected a column of the data set: {List(columns)}. Received: \"{name}\".", field);

    private static string Kind(ColumnInfo column) => column.Dtype == ColumnInfo.TextDtype ? "texts" : column.Encoding is not null ? "pictures" : $"{column.Dtype} of shape {column.RowShape}";

    private static string List(IReadOnlyList<ColumnInfo> columns) => string.Join(", ", columns.Take(100).Select(column => column.Name));
}
