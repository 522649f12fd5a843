using System.Runtime.InteropServices;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Writes the classes that rows belong to, which come as texts, as int32 numbers.</summary>
public sealed class ClassColumnWriter : ColumnWriter
{
    private const string DraftSuffix = ".draft";

    private readonly ClassNumbers _classes;
    private readonly FixedColumnWriter _numbers;
    private readonly FixedColumnWriter? _draft; // collected classes get their final numbers when all are known
    private readonly string _draftPath;

    internal ClassColumnWriter(ColumnInfo info, ClassNumbers classes, string directory, string name, WrittenBytes written, int bufferBytes)
        : base(info)
    {
        _classes = classes;
        _numbers = new FixedColumnWriter(info, directory, name, written, bufferBytes);
        _draftPath = Path.Combine(directory, name + DraftSuffix);
        _draft = classes.Collects ? new FixedColumnWriter(info, directory, name + DraftSuffix, written, bufferBytes) : null;
    }

    /// <summary>Appends a row.</summary>
    /// <param name="name">Name of its class, as UTF-8.</param>
    /// <exception cref="FormatException">It is none of the classes that were given, or there are too many.</exception>
    public void Append(ReadOnlySpan<byte> name)
    {
        (_draft ?? _numbers).Append(_classes.Of(name));
        Rows++;
    }

    internal override IReadOnlyList<DatasetFile> Finish()
    {
        if (_draft is not null)
        {
            _draft.Finish();
            Renumber();
        }
        return _numbers.Finish();
    }

    private void Renumber()
    {
        var order = _classes.Order();
        using (var draft = File.OpenRead(_draftPath))
        {
            var buffer = new int[4_096];
            for (int read; (read = draft.ReadAtLeast(MemoryMarshal.AsBytes(buffer.AsSpan()), buffer.Length * sizeof(int), throwOnEndOfStream: false)) > 0;)
            {
                var numbers = buffer.AsSpan(0, read / sizeof(int));
                foreach (ref var number in numbers)
                    number = order[number];
                _numbers.Append<int>(numbers);
            }
        }
        File.Delete(_draftPath);
    }

    internal override ColumnStatistics Statistics()
    {
        var counted = _numbers.Statistics();
        var names = _classes.Names;
        return counted with { Top = counted.Top?.Select(value => value with { Value = names[int.Parse(value.Value, null)] }).ToList() };
    }

    internal override void Delete()
    {
        _numbers.Delete();
        _draft?.Delete();
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _numbers.Dispose();
        _draft?.Dispose();
    }
}
