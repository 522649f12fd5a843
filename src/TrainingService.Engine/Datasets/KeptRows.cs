using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Keeps the rows of a component.</summary>
internal interface IKeptRows : IDisposable
{
    /// <summary>Adds rows.</summary>
    void Add(HostValue part);

    /// <summary>The rows as a column.</summary>
    RowColumn Finish();
}

/// <summary>Keeps the rows of a component in memory.</summary>
/// <param name="count">How many there will be.</param>
internal sealed class KeptRows(long count) : IKeptRows
{
    private readonly List<string> _texts = [];
    private readonly List<Tensor> _rows = [];
    private Tensor? _whole;
    private long _next;
    private bool _isText, _isRagged;

    public void Add(HostValue part)
    {
        switch (part)
        {
            case TextValue texts:
                _isText = true;
                _texts.AddRange(texts.Values);
                return;
            case TensorValue { Tensor: var tensor } when !_isRagged && (_whole is null || tensor.shape.AsSpan(1).SequenceEqual(_whole.shape.AsSpan(1))):
                AddDense(tensor);
                return;
            default:
                AddRagged(part);
                return;
        }
    }

    private void AddDense(Tensor part)
    {
        _whole ??= empty([count, .. part.shape.Skip(1)], part.dtype).DetachFromDisposeScope();
        _whole.narrow(0, _next, part.shape[0]).copy_(part);
        _next += part.shape[0];
    }

    private void AddRagged(HostValue part)
    {
        if (_whole is not null)
        {
            // Rows so far were alike only by chance.
            _rows.AddRange(_whole.narrow(0, 0, _next).unbind().Select(row => row.clone().DetachFromDisposeScope()));
            _whole.Dispose();
            _whole = null;
        }
        _isRagged = true;
        _rows.AddRange(HostBatches.Singles(part).Select(single => single.Numbers().squeeze(0).clone().DetachFromDisposeScope()));
    }

    /// <summary>The rows as a column.</summary>
    public RowColumn Finish()
    {
        if (_isText)
            return new TextColumn(_texts);
        if (_isRagged)
            return new RaggedColumn([.. _rows]);
        var whole = _whole ?? zeros(0);
        _whole = null;
        return new TensorColumn(whole);
    }

    /// <inheritdoc />
    public void Dispose() => _whole?.Dispose();
}
