using System.Text.Unicode;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Images;

namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>What all records of a file say about a feature: the lists of <c>tf.train.Example</c> have neither shape nor, for bytes, a meaning.</summary>
internal sealed class TfColumn(string name)
{
    private long _present;
    private int _shortest = int.MaxValue, _longest, _fewestBytes = int.MaxValue, _mostBytes;
    private ImageSize? _size;
    private bool _pictures = true, _utf8 = true, _oneSize = true;

    public string Name => name;

    public TfKind Kind { get; private set; }

    /// <summary>Whether it has one value in each record that has it.</summary>
    public bool IsSingle => _shortest == 1 && _longest == 1;

    /// <summary>Whether its bytes are pictures.</summary>
    public bool HasPictures => Kind == TfKind.Bytes && _pictures;

    public void Add(TfKind kind, int length, string file, long row)
    {
        if (Kind != TfKind.None && kind != Kind)
            throw new IngestException(DatasetErrorCodes.BadValue, $"expected a list of {Kind}, as in the records before. Received: {kind}.", file, row, name);
        Kind = kind;
        _present++;
        (_shortest, _longest) = (Math.Min(_shortest, length), Math.Max(_longest, length));
    }

    /// <summary>Looks at a value of bytes.</summary>
    public void Look(ReadOnlySpan<byte> bytes)
    {
        (_fewestBytes, _mostBytes) = (Math.Min(_fewestBytes, bytes.Length), Math.Max(_mostBytes, bytes.Length));
        _pictures = _pictures && ImageKind.IsCertain(bytes);
        _utf8 = _utf8 && !_pictures && Utf8.IsValid(bytes) && !bytes.Contains((byte)0);
    }

    /// <summary>Looks at a picture's size.</summary>
    public void Look(ImageSize size)
    {
        _size ??= size;
        _oneSize = _oneSize && size.Height == _size.Value.Height && size.Width == _size.Value.Width;
    }

    /// <summary>The column that holds it.</summary>
    /// <param name="rows">Records in all.</param>
    /// <param name="options">Types and pictures.</param>
    /// <param name="file">For complaints.</param>
    public ColumnInfo Column(long rows, IngestOptions options, string file)
    {
        var type = options.Types?.GetValueOrDefault(name);
        var info = Kind switch
        {
            TfKind.Bytes => Bytes(options, type, file),
            TfKind.Int64 => Numbers(type ?? "int64", rows),
            _ => Numbers(type ?? "float32", rows),
        };
        return type is null || info.Dtype == type && (Kind != TfKind.Float || ElementTypes.IsFloating(type)) ? info
            : throw new IngestException(DatasetErrorCodes.BadOption, $"types: expected a type that a list of {Kind} can have. Received: {type}.", file, column: name);
    }

    private ColumnInfo Numbers(string dtype, long rows)
    {
        var missing = _present < rows;
        var shape = IsSingle ? new Shape() : _shortest == _longest && !missing && _longest > 0 ? new Shape(_longest) : new Shape((long?)null);
        return new ColumnInfo(name, ColumnRole.Feature, ElementTypes.Names.Contains(dtype) && dtype != ElementTypes.Text ? dtype : "float32", shape);
    }

    private ColumnInfo Bytes(IngestOptions options, string? type, string file)
    {
        if (!IsSingle)
            throw new IngestException(DatasetErrorCodes.Unsupported, $"expected one value of bytes per record. Received: {_shortest} to {_longest}.", file, column: name);
        if (HasPictures && type is null)
            return Picture(options);
        if (type != "uint8" && _utf8)
            return new ColumnInfo(name, ColumnRole.Feature, ColumnInfo.TextDtype, new Shape());
        return _fewestBytes == _mostBytes && _mostBytes > 0 && type is null or "uint8"
            ? new ColumnInfo(name, ColumnRole.Feature, "uint8", new Shape(_mostBytes))
            : throw new IngestException(DatasetErrorCodes.Unsupported, $"expected pictures ({ImageKind.Expected}), UTF-8, or bytes of one length in all records. Received: other bytes, {_fewestBytes} to {_mostBytes} long.", file, column: name);
    }

    private ColumnInfo Picture(IngestOptions options)
    {
        var channels = options.ColorMode switch { ColorMode.Rgb => 3, ColorMode.Grayscale => 1, _ => _size!.Value.Channels };
        return options.ImageSize is { } asked ? Decoded(asked[0], asked[1])
            : _oneSize ? Decoded(_size!.Value.Height, _size.Value.Width)
            : new ColumnInfo(name, ColumnRole.Feature, "uint8", new Shape(null, null, channels), Encoding: ColumnInfo.ImageEncoding);

        ColumnInfo Decoded(long? height, long? width) => new(name, ColumnRole.Feature, "uint8", new Shape(height, width, channels));
    }
}
