using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Writes one column of one split, and counts its statistics on the way. One thread at a time.</summary>
public abstract class ColumnWriter : IDisposable
{
    private protected ColumnWriter(ColumnInfo info) => Info = info;

    /// <summary>What the column holds.</summary>
    public ColumnInfo Info { get; }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private protected set; }

    /// <summary>Notes that the row that comes next, or has just come, has no value; the value is what stands for that.</summary>
    public void AddMissing() => Missing++;

    /// <summary>Rows without a value, where the value itself does not say so.</summary>
    private protected long Missing { get; private set; }

    /// <summary>Writes what is buffered.</summary>
    internal abstract IReadOnlyList<DatasetFile> Finish();

    /// <summary>What was counted; after <see cref="Finish"/>.</summary>
    internal abstract ColumnStatistics Statistics();

    /// <summary>Takes back the files.</summary>
    internal abstract void Delete();

    /// <inheritdoc />
    public abstract void Dispose();
}
