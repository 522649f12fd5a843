using System.Runtime.InteropServices;
using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Keeps the rows of a component in files beside each other: their values, and where each row begins.</summary>
/// <param name="path">Without the ending.</param>
/// <param name="name">The component's.</param>
internal sealed class KeptFile(string path, string name) : IKeptRows
{
    private readonly FileStream _values = Create($"{path}.bin"), _offsets = Create($"{path}.offsets");
    private ScalarType _type;
    private long[]? _shape; // of the first row
    private bool _isText, _differs;
    private long _rows;

    public void Add(HostValue part)
    {
        Offset();
        switch (part)
        {
            case TextValue texts:
                _isText = true;
                foreach (var text in texts.Values)
                    Append(Encoding.UTF8.GetBytes(text));
                break;
            case TensorValue { Tensor: var tensor }:
                for (long row = 0; row < tensor.shape[0]; row++)
                    Append(tensor[row]);
                break;
            default:
                foreach (var row in ((RaggedValue)part).Rows)
                    Append(row);
                break;
        }
    }

    private void Append(Tensor row)
    {
        _type = row.dtype;
        _shape ??= row.shape;
        _differs |= !row.shape.AsSpan().SequenceEqual(_shape);
        if (row.dim() > 0 && !row.shape.AsSpan(1).SequenceEqual(_shape.AsSpan(1)))
            throw new DatasetException($"cache: expected rows of {name} that differ in their first axis only. Received: ({string.Join(", ", _shape)}) and ({string.Join(", ", row.shape)}).");
        using var contiguous = row.contiguous();
        Append(contiguous.numel() == 0 ? [] : contiguous.bytes);
    }

    private void Append(ReadOnlySpan<byte> row)
    {
        _values.Write(row);
        _rows++;
        Offset();
    }

    private void Offset()
    {
        if (_offsets.Position == (_rows + 1) * sizeof(long))
            return; // where a part begins is where the one before it ends
        var position = _values.Position;
        _offsets.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in position)));
    }

    public RowColumn Finish()
    {
        _values.Dispose();
        _offsets.Dispose();
        if (!_isText && _shape is null)
            return new TensorColumn(zeros(0).DetachFromDisposeScope());
        var shape = _isText ? new Shape() : new Shape(_shape!.Select((size, axis) => axis == 0 && _differs ? null : (long?)size));
        var info = new ColumnInfo(name, ColumnRole.Feature, _isText ? ColumnInfo.TextDtype : TensorTypes.NameOf(_type), shape);
        var offsets = info.HasOffsets() ? MappedFile.Open($"{path}.offsets") : null;
        return new KeptColumn(new StoredColumn(info, _rows, MappedFile.Open($"{path}.bin"), offsets), info);
    }

    public void Dispose()
    {
        _values.Dispose();
        _offsets.Dispose();
    }

    private static FileStream Create(string file) => new(file, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 18);

    /// <summary>A column that has its files for itself.</summary>
    private sealed class KeptColumn(StoredColumn column, ColumnInfo info) : RowColumn
    {
        private readonly StoredRows _rows = new(column, info.Dtype);

        public override long Count => _rows.Count;

        public override Shape Shape => _rows.Shape;

        public override bool IsText => _rows.IsText;

        public override HostValue Gather(ReadOnlySpan<long> rows) => _rows.Gather(rows);

        public override IEnumerable<long> Lengths(IEnumerable<long> rows) => _rows.Lengths(rows);

        protected override void Dispose(bool disposing) => column.Dispose();
    }
}
