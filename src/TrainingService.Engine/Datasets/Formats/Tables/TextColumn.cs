using System.Globalization;
using System.Numerics;
using System.Text;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Writes a column whose values come as texts.</summary>
internal abstract class TextColumn
{
    /// <summary>Writes a value.</summary>
    /// <returns>False when the text is none of the column's type; nothing is written then.</returns>
    /// <exception cref="FormatException">It is none of the column's classes.</exception>
    public abstract bool TryAdd(ReadOnlySpan<char> text);

    /// <summary>Writes what stands for no value.</summary>
    /// <returns>False when the type has nothing that says so; nothing is written then.</returns>
    public abstract bool TryAddMissing();

    /// <summary>Writes the type's zero for no value, and counts it.</summary>
    public virtual void AddZero() => TryAddMissing();

    /// <summary>For a writer's type.</summary>
    /// <param name="writer">Where the values go.</param>
    /// <param name="kind">What the values showed; null where the type is given.</param>
    public static TextColumn Of(ColumnWriter writer, ValueKind? kind) => writer switch
    {
        ClassColumnWriter classes => new Classes(classes),
        VaryingColumnWriter texts => new Texts(texts),
        FixedColumnWriter numbers => writer.Info.Dtype switch
        {
            "float32" => new Floats(numbers, exact: kind is not null),
            "float64" => new Doubles(numbers),
            "float16" => new Halves(numbers),
            "bool" => new Bools(numbers),
            "int64" when kind == ValueKind.Time => new Times(numbers),
            "int64" => new Longs(numbers),
            "int32" => new Whole<int>(numbers),
            "int16" => new Whole<short>(numbers),
            "int8" => new Whole<sbyte>(numbers),
            "uint8" => new Whole<byte>(numbers),
            "uint16" => new Whole<ushort>(numbers),
            "uint32" => new Whole<uint>(numbers),
            "uint64" => new Whole<ulong>(numbers),
            var other => throw new InvalidOperationException($"no texts become {other}."),
        },
        _ => throw new InvalidOperationException($"no texts go into {writer.GetType().Name}."),
    };

    private sealed class Floats(FixedColumnWriter writer, bool exact) : TextColumn
    {
        public override bool TryAdd(ReadOnlySpan<char> text)
        {
            if (!NumberText.TryDouble(text, out var value) || (exact && ValueKinds.NeedsDouble(value)))
                return false;
            writer.Append((float)value);
            return true;
        }

        public override bool TryAddMissing()
        {
            writer.Append(float.NaN);
            return true;
        }
    }

    private sealed class Doubles(FixedColumnWriter writer) : TextColumn
    {
        public override bool TryAdd(ReadOnlySpan<char> text)
        {
            if (!NumberText.TryDouble(text, out var value))
                return false;
            writer.Append(value);
            return true;
        }

        public override bool TryAddMissing()
        {
            writer.Append(double.NaN);
            return true;
        }
    }

    private sealed class Halves(FixedColumnWriter writer) : TextColumn
    {
        public override bool TryAdd(ReadOnlySpan<char> text)
        {
            if (!NumberText.TryDouble(text, out var value))
                return false;
            writer.Append((Half)value);
            return true;
        }

        public override bool TryAddMissing()
        {
            writer.Append(Half.NaN);
            return true;
        }
    }

    private abstract class WithoutNaN<T>(FixedColumnWriter writer) : TextColumn
        where T : unmanaged
    {
        public override bool TryAddMissing() => false;

        public override void AddZero()
        {
            writer.AddMissing();
            writer.Append(default(T));
        }

        protected bool Add(bool read, T value)
        {
            if (read)
                writer.Append(value);
            return read;
        }
    }

    private sealed class Longs(FixedColumnWriter writer) : WithoutNaN<long>(writer)
    {
        public override bool TryAdd(ReadOnlySpan<char> text) => Add(NumberText.TryLong(text, out var value), value);
    }

    private sealed class Times(FixedColumnWriter writer) : WithoutNaN<long>(writer)
    {
        public override bool TryAdd(ReadOnlySpan<char> text) => Add(ValueKinds.TryTime(text, out var value), value);
    }

    private sealed class Whole<T>(FixedColumnWriter writer) : WithoutNaN<T>(writer)
        where T : unmanaged, IBinaryInteger<T>
    {
        public override bool TryAdd(ReadOnlySpan<char> text) => Add(T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value), value);
    }

    private sealed class Bools(FixedColumnWriter writer) : WithoutNaN<bool>(writer)
    {
        public override bool TryAdd(ReadOnlySpan<char> text) => text switch
        {
            "0" => Add(true, false),
            "1" => Add(true, true),
            _ => Add(ValueKinds.TryBool(text, out var value), value),
        };
    }

    /// <summary>UTF-8 of what comes as UTF-16.</summary>
    private abstract class Utf8 : TextColumn
    {
        private byte[] _bytes = new byte[256];

        protected ReadOnlySpan<byte> Bytes(ReadOnlySpan<char> text)
        {
            if (_bytes.Length < 3 * text.Length)
                _bytes = new byte[4 * text.Length];
            return _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes));
        }
    }

    private sealed class Texts(VaryingColumnWriter writer) : Utf8
    {
        public override bool TryAdd(ReadOnlySpan<char> text)
        {
            if (text.Contains('\0'))
                return false;
            writer.Append(Bytes(text));
            return true;
        }

        public override bool TryAddMissing()
        {
            writer.AddMissing();
            writer.Append([]);
            return true;
        }
    }

    private sealed class Classes(ClassColumnWriter writer) : Utf8
    {
        public override bool TryAdd(ReadOnlySpan<char> text)
        {
            if (text.Contains('\0'))
                return false;
            writer.Append(Bytes(text));
            return true;
        }

        public override bool TryAddMissing() => false;
    }
}
