using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>The features of one <c>tf.train.Example</c> by name. One object reads all records of a file.</summary>
internal sealed class TfExample(string file)
{
    private const int LongestName = 1_000;

    private readonly Dictionary<string, TfFeature> _features = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _names = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly List<long> _ints = [];
    private readonly List<float> _floats = [];
    private readonly List<Range> _texts = [];

    /// <summary>Those of the record that was parsed last.</summary>
    public IReadOnlyDictionary<string, TfFeature> Features => _features;

    /// <summary>Finds a record's features; their values are read when they are asked for.</summary>
    /// <exception cref="IngestException">The bytes are no <c>tf.train.Example</c>.</exception>
    public void Parse(ReadOnlySpan<byte> record, long row)
    {
        _features.Clear();
        var example = new WireReader(record);
        while (example.Next(out var field, out var type))
        {
            if (field != 1 || type != WireReader.Delimited)
            {
                example.Skip(type);
                continue;
            }
            var features = example.ReadDelimited();
            if (!example.Ok || !ReadFeatures(features, example.At - features.Length))
                throw NoExample(row);
        }
        if (!example.Ok)
            throw NoExample(row);
    }

    /// <summary>Reads a list of whole numbers; it holds until the next one.</summary>
    public ReadOnlySpan<long> Ints(ReadOnlySpan<byte> record, TfFeature feature, long row)
    {
        _ints.Clear();
        var list = new WireReader(record.Slice(feature.Start, feature.Length));
        while (list.Next(out var field, out var type))
        {
            if (field == 1 && type == WireReader.Varint)
                _ints.Add((long)list.ReadVarint());
            else if (field == 1 && type == WireReader.Delimited)
            {
                var packed = new WireReader(list.ReadDelimited());
                while (!packed.AtEnd && packed.Ok)
                    _ints.Add((long)packed.ReadVarint());
                if (!packed.Ok)
                    throw NoExample(row);
            }
            else
                list.Skip(type);
        }
        return list.Ok ? CollectionsMarshal.AsSpan(_ints) : throw NoExample(row);
    }

    /// <summary>Reads a list of floats; it holds until the next one.</summary>
    public ReadOnlySpan<float> Floats(ReadOnlySpan<byte> record, TfFeature feature, long row)
    {
        _floats.Clear();
        var list = new WireReader(record.Slice(feature.Start, feature.Length));
        while (list.Next(out var field, out var type))
        {
            if (field == 1 && type == WireReader.Fixed32)
                _floats.Add(list.ReadFloat());
            else if (field == 1 && type == WireReader.Delimited)
            {
                var packed = list.ReadDelimited();
                if (packed.Length % sizeof(float) != 0)
                    throw NoExample(row);
                var values = new WireReader(packed);
                while (!values.AtEnd)
                    _floats.Add(values.ReadFloat());
            }
            else
                list.Skip(type);
        }
        return list.Ok ? CollectionsMarshal.AsSpan(_floats) : throw NoExample(row);
    }

    /// <summary>Finds the parts of a list of bytes: ranges of the record; they hold until the next list.</summary>
    public ReadOnlySpan<Range> Texts(ReadOnlySpan<byte> record, TfFeature feature, long row)
    {
        _texts.Clear();
        var list = new WireReader(record.Slice(feature.Start, feature.Length));
        while (list.Next(out var field, out var type))
        {
            if (field != 1 || type != WireReader.Delimited)
            {
                list.Skip(type);
                continue;
            }
            var text = list.ReadDelimited();
            var end = feature.Start + list.At;
            _texts.Add((end - text.Length)..end);
        }
        return list.Ok ? CollectionsMarshal.AsSpan(_texts) : throw NoExample(row);
    }

    /// <summary>Reads the map of names to features: entries of a name (1) and a feature (2).</summary>
    private bool ReadFeatures(ReadOnlySpan<byte> bytes, int start)
    {
        var map = new WireReader(bytes);
        while (map.Next(out var field, out var type))
        {
            if (field != 1 || type != WireReader.Delimited)
            {
                map.Skip(type);
                continue;
            }
            var entry = map.ReadDelimited();
            if (!map.Ok || !ReadEntry(entry, start + map.At - entry.Length))
                return false;
        }
        return map.Ok;
    }

    private bool ReadEntry(ReadOnlySpan<byte> bytes, int start)
    {
        ReadOnlySpan<byte> name = default;
        TfFeature feature = default;
        var entry = new WireReader(bytes);
        while (entry.Next(out var field, out var type))
        {
            if (field is not (1 or 2) || type != WireReader.Delimited)
            {
                entry.Skip(type);
                continue;
            }
            var value = entry.ReadDelimited();
            if (field == 1)
                name = value;
            else if (!entry.Ok || !TryFeature(value, start + entry.At - value.Length, out feature))
                return false;
        }
        if (!entry.Ok || name.Length > LongestName || !Utf8.IsValid(name))
            return false;
        _features[NameOf(name)] = feature;
        return true;
    }

    /// <summary>Names repeat from record to record: no text is made of one that is known.</summary>
    private string NameOf(ReadOnlySpan<byte> utf8)
    {
        Span<char> chars = stackalloc char[LongestName];
        var text = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        if (!_names.TryGetValue(text, out var name))
            _names.Add(text);
        return name ?? (_names.TryGetValue(text, out name) ? name : "");
    }

    private static bool TryFeature(ReadOnlySpan<byte> bytes, int start, out TfFeature feature)
    {
        feature = default;
        var reader = new WireReader(bytes);
        while (reader.Next(out var field, out var type))
        {
            if (field is not (1 or 2 or 3) || type != WireReader.Delimited)
            {
                reader.Skip(type);
                continue;
            }
            var list = reader.ReadDelimited();
            feature = new TfFeature((TfKind)field, start + reader.At - list.Length, list.Length); // of a oneof the last one holds
        }
        return reader.Ok;
    }

    private IngestException NoExample(long row) =>
        new(DatasetErrorCodes.BadValue, "expected a tf.train.Example. Received: other bytes.", file, row);
}
