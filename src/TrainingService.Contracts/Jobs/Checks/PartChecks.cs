using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Finds the data sets and splits that rows come from, and the columns that they name.</summary>
internal sealed class PartChecks(ReadContext context, IReadOnlyList<DatasetInfo> datasets)
{
    /// <returns>The data sets with the split of each, or null after a violation.</returns>
    public IReadOnlyList<(DatasetInfo Info, string Split)>? Find(DataSource source, DataSource origin)
    {
        if (source.Interleave is { } several)
            return FindSeveral(several, source, origin);
        foreach (var (field, set) in new[] { ("cycle_length", source.CycleLength is not null), ("block_length", source.BlockLength is not null) })
        {
            if (set)
                context.Add(context.Field(origin, field), ViolationCodes.Conflict, "expected interleave with it. Received: none.");
        }
        if (source.Dataset is null)
        {
            context.Add(context.Field(origin, "dataset"), ViolationCodes.Required, "expected a text. Received: no field \"dataset\".");
            return null;
        }
        return Find(new SourcePart(source.Dataset, source.Split, source.Fingerprint), origin) is { } info ? [(info, source.Split)] : null;
    }

    /// <summary>The source with the versions that it has got, so that it means the same rows whenever it is read again.</summary>
    public DataSource Pinned(DataSource source, IReadOnlyList<(DatasetInfo Info, string Split)> parts) => source.Interleave is { } several
        ? source with { Interleave = [.. several.Zip(parts, (part, found) => found.Info.Fingerprint is { } print ? part with { Dataset = found.Info.Reference(), Fingerprint = print } : part)] }
        : parts[0].Info.Fingerprint is { } only ? source with { Dataset = parts[0].Info.Reference(), Fingerprint = only } : source;

    /// <summary>Whether every column that is named is there.</summary>
    public bool AreColumns(IReadOnlyList<ColumnInfo> columns, DataSource source, DataSource origin)
    {
        var before = context.Count;
        var known = columns.Select(column => column.Name).ToList();
        foreach (var (field, choice) in new[] { ("features", source.Features), ("labels", source.Labels) })
        {
            // Rows that take another set's columns have said so there.
            var pointer = context.Field(origin, field);
            if (choice?.Columns is { } names)
                CheckNames(names, pointer);
            foreach (var (name, of) in choice?.ByName ?? [])
                CheckNames(of, Pointers.Child(pointer, name));
        }
        if (source.SampleWeight is { } weight)
            CheckNames(weight, context.Field(origin, "sample_weight"));
        return context.Count == before;

        void CheckNames(ColumnNames names, string pointer)
        {
            foreach (var (index, name) in names.Index().Where(each => !known.Contains(each.Item)))
            {
                context.Add(
                    names.IsList ? Pointers.Child(pointer, index) : pointer, ViolationCodes.UnknownValue,
                    $"expected a column of the data set: one of {Received.Words(known)}. Received: \"{name}\".", context.IsFull ? null : NearMiss.Hint(name, known));
            }
        }
    }

    private IReadOnlyList<(DatasetInfo Info, string Split)>? FindSeveral(IReadOnlyList<SourcePart> several, DataSource source, DataSource origin)
    {
        if (source.Dataset is not null)
            context.Add(context.Field(origin, "dataset"), ViolationCodes.Conflict, "expected either dataset or interleave. Received: both.");
        var found = several.Select(part => (Info: Find(part, part), part.Split)).ToList();
        if (found.Exists(part => part.Info is null) || source.Dataset is not null)
            return null;
        for (var i = 1; i < found.Count; i++)
        {
            if (!Kinds(found[i].Info!).SequenceEqual(Kinds(found[0].Info!)))
            {
                context.Add(context.At(several[i]), ViolationCodes.ShapeConflict, $"expected the columns of {found[0].Info!.Name}: {string.Join(", ", Kinds(found[0].Info!))}. Received: {string.Join(", ", Kinds(found[i].Info!))}.");
                return null;
            }
        }
        return [.. found.Select(part => (part.Info!, part.Split))];
    }

    private static IEnumerable<string> Kinds(DatasetInfo info) => info.AllColumns().Select(column => $"{column.Name} {column.Dtype} {column.RowShape}");

    private DatasetInfo? Find(SourcePart part, object place)
    {
        if (DatasetReference.Find(datasets, part.Dataset) is not { } info)
        {
            RefuseUnknown(part, place);
            return null;
        }
        if (part.Fingerprint is { } wanted && info.Fingerprint != wanted)
        {
            context.Add(context.Field(place, "fingerprint"), ViolationCodes.Conflict, $"expected {info.Fingerprint ?? "none"}, that of {info.Reference()}. Received: {wanted}.");
            return null;
        }
        if (info.Splits.ContainsKey(part.Split))
            return info;
        context.Add(
            context.Field(place, "split"), ViolationCodes.UnknownSplit,
            $"expected a split of {info.Name}: one of {Received.Words(info.Splits.Keys)}. Received: \"{part.Split}\".", NearMiss.Hint(part.Split, info.Splits.Keys));
        return null;
    }

    private void RefuseUnknown(SourcePart part, object place)
    {
        var versions = DatasetReference.TryParse(part.Dataset) is { Version: not null } named ? datasets.Where(each => each.Name == named.Name).ToList() : [];
        List<string> names = versions.Count > 0 ? [.. versions.OrderBy(each => each.Version).Select(each => each.Reference())] : [.. datasets.Select(each => each.Name).Distinct()];
        var known = names.Count == 0 ? "there are none" : $"one of {Received.Words(names)}";
        context.Add(
            context.Field(place, "dataset"), ViolationCodes.UnknownDataset, $"expected a data set: {known}. Received: \"{part.Dataset}\".",
            NearMiss.Hint(part.Dataset, names));
    }
}
