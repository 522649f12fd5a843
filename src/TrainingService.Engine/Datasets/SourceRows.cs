using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Datasets.Columns;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>One split of a data set, column by column.</summary>
internal abstract class SourceRows : IDisposable
{
    /// <summary>Rows.</summary>
    public abstract long Count { get; }

    /// <summary>The tensor that columns make.</summary>
    /// <param name="columns">One column, or several of one number per row, which stand side by side.</param>
    /// <param name="dtype">Of the tensors; null is their own.</param>
    public abstract RowColumn Tensor(ColumnNames columns, string? dtype = null);

    /// <summary>Called now and then while rows are read: gives memory back.</summary>
    public virtual void Trim()
    {
    }

    /// <inheritdoc />
    public abstract void Dispose();

    /// <summary>Opens a split.</summary>
    /// <param name="location">The data set and its folder.</param>
    /// <param name="split">Which split.</param>
    /// <exception cref="DatasetException">It cannot be read.</exception>
    public static SourceRows Open(DatasetLocation location, string split) =>
        ColumnStore.Exists(location.Directory) ? new StoreRows(location, split) : new ShippedRows(DatasetReader.Read(location, split));

    /// <summary>The stored form.</summary>
    private sealed class StoreRows(DatasetLocation location, string split) : SourceRows
    {
        private readonly ColumnStore _store = ColumnStore.Open(location.Directory);

        public override long Count => _store.Rows(split);

        public override RowColumn Tensor(ColumnNames columns, string? dtype = null)
        {
            var found = columns.Select(name => _store.Column(split, name)).ToList();
            return columns.IsList && found.TrueForAll(column => column.Info.IsScalarNumber()) ? new StackedRows(found) : new StoredRows(found[0], dtype);
        }

        public override void Trim() => _store.Trim();

        public override void Dispose() => _store.Dispose();
    }

    /// <summary>Features and labels in memory, read as they were shipped.</summary>
    private sealed class ShippedRows(Rows rows) : SourceRows
    {
        public override long Count => rows.Count;

        public override RowColumn Tensor(ColumnNames columns, string? dtype = null)
        {
            var own = columns is ["label"] ? rows.Labels : columns is ["features"] ? rows.Features : throw new DatasetException($"expected the columns features and label. Received: {columns}.");
            // A second handle on the same values: whoever takes them disposes of it.
            return new TensorColumn((dtype is null || TensorTypes.Of(dtype) == own.dtype ? own.alias() : own.to(TensorTypes.Of(dtype))).DetachFromDisposeScope());
        }

        public override void Dispose() => rows.Dispose();
    }
}
