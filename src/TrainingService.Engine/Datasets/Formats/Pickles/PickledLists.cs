using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Pickles;

/// <summary>
/// Reads the one kind of pickle that Keras's data sets of texts hold: a NumPy array of objects, each a list of whole numbers. A closed machine
/// of the opcodes that such an array needs, protocols 0 to 5; nothing is looked up, called or made but lists, tuples, numbers and short texts,
/// and the only names it knows are those of NumPy's array.
/// </summary>
/// <param name="bytes">The pickle.</param>
/// <param name="file">What messages call it.</param>
internal sealed class PickledLists(ReadOnlyMemory<byte> bytes, string file)
{
    private const int DeepestStack = 1_000_000, LongestText = 1_000;

    private static readonly object Mark = new(), Array = new(), None = new();

    private readonly List<object> _stack = [];
    private readonly Dictionary<long, object> _memo = [];
    private int _at;

    /// <summary>The lists, in the array's order.</summary>
    /// <exception cref="IngestException">It holds anything else.</exception>
    public IReadOnlyList<IReadOnlyList<long>> Read()
    {
        while (true)
        {
            var opcode = Byte();
            if (opcode == (byte)'.')
                return Result();
            Step(opcode);
            if (_stack.Count > DeepestStack)
                throw Refuse($"expected at most {DeepestStack} values at once. Received: more");
        }
    }

    /// <summary>A list under construction: whole numbers side by side, anything else as objects.</summary>
    private sealed class Items
    {
        public List<long> Numbers { get; } = [];
        public List<object> Objects { get; } = [];
    }

    private sealed record Name(string Text);

    private sealed record Tuple(object[] Values);

    private sealed class ObjectArray
    {
        public List<object>? Items { get; set; }
    }

    private void Step(byte opcode)
    {
        switch ((char)opcode)
        {
            case '\x80': Byte(); break; // protocol
            case '\x95': Take(8); break; // frame
            case '(': _stack.Add(Mark); break;
            case 'c': _stack.Add(Global(Line(), Line())); break;
            case '\x93': var name = Text(Pop()); _stack.Add(Global(Text(Pop()), name)); break;
            case 'K': _stack.Add((long)Byte()); break;
            case 'M': _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 'J': _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 'I': _stack.Add(Number(Line())); break;
            case 'L': _stack.Add(Number(Line().TrimEnd('L'))); break;
            case '\x8a': _stack.Add(Long()); break;
            case 'N': _stack.Add(None); break;
            case '\x88': _stack.Add(1L); break;
            case '\x89': _stack.Add(0L); break;
            case 'U' or 'C' or '\x8c': _stack.Add(new Name(Chars(Byte()))); break;
            case 'T' or 'B' or 'X': _stack.Add(new Name(Chars(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;
            case 'S' or 'V': _stack.Add(new Name(Line().Trim('\'', '"'))); break;
            case ']': _stack.Add(new Items()); break;
            case ')': _stack.Add(new Tuple([])); break;
            case 't': _stack.Add(new Tuple(PopToMark())); break;
            case 'l': _stack.Add(Append(new Items(), PopToMark())); break;
            case '\x85': _stack.Add(new Tuple(Pop(1))); break;
            case '\x86': _stack.Add(new Tuple(Pop(2))); break;
            case '\x87': _stack.Add(new Tuple(Pop(3))); break;
            case 'a': var item = Pop(); Append(List(), [item]); break;
            case 'e': var items = PopToMark(); Append(List(), items); break;
            case 'q': _memo[Byte()] = Top(); break;
            case 'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top(); break;
            case 'p': _memo[Number(Line())] = Top(); break;
            case '\x94': _memo[_memo.Count] = Top(); break;
            case 'h': _stack.Add(Remembered(Byte())); break;
            case 'j': _stack.Add(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 'g': _stack.Add(Remembered(Number(Line()))); break;
            case 'R': var arguments = Pop(); _stack.Add(Call(Pop(), arguments)); break;
            case 'b': var state = Pop(); Build(Top(), state); break;
            default: throw Refuse($"expected an opcode of arrays and lists. Received: 0x{opcode:x2} at byte {_at - 1}");
        }
    }

    /// <summary>The only names that mean anything; one that would run code is refused here.</summary>
    private object Global(string module, string name) => (module, name) switch
    {
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") or ("numpy", "ndarray" or "dtype") or ("_codecs", "encode") => new Name(name),
        _ => throw Refuse($"expected an array of lists. Received: {Archives.EntryName.Quoted($"{module}.{name}")}, which is not read"),
    };

    private object Call(object function, object arguments) => (function, arguments) switch
    {
        (Name { Text: "_reconstruct" }, Tuple { Values: [Name { Text: "ndarray" }, Tuple, Name] }) => new ObjectArray(),
        (Name { Text: "dtype" }, Tuple { Values: [Name { Text: "O8" or "O4" or "O" }, ..] }) => Array,
        (Name { Text: "encode" }, Tuple { Values: [Name text, Name] }) => text,
        _ => throw Refuse("expected an array of Python objects. Received: an array of another type, or a call"),
    };

    private void Build(object target, object state)
    {
        switch (target, state)
        {
            case (ObjectArray array, Tuple { Values: [long, Tuple { Values: [long count] }, var dtype, long, Items items] }) when ReferenceEquals(dtype, Array):
                if (items.Numbers.Count > 0 || items.Objects.Count != count)
                    throw Refuse($"expected {count} lists. Received: {items.Objects.Count}");
                array.Items = items.Objects;
                break;
            case var (dtype, _) when ReferenceEquals(dtype, Array) && state is Tuple:
                break;
            default:
                throw Refuse("expected the state of an array of one axis. Received: another");
        }
    }

    private List<IReadOnlyList<long>> Result()
    {
        if (_stack is not [ObjectArray { Items: { } items }])
            throw Refuse("expected an array of lists. Received: something else");
        var lists = new List<IReadOnlyList<long>>(items.Count);
        foreach (var item in items)
            lists.Add(item is Items { Objects.Count: 0 } list ? list.Numbers : throw Refuse("expected lists of whole numbers. Received: a list of something else"));
        return lists;
    }

    private Items Append(Items list, ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            if (value is long number)
                list.Numbers.Add(number);
            else
                list.Objects.Add(value);
        }
        return list.Numbers.Count == 0 || list.Objects.Count == 0 ? list : throw Refuse("expected lists of whole numbers. Received: a list that holds other values too");
    }

    private Items List() => Top() as Items ?? throw Refuse("expected a list to add to. Received: another value");

    private object Remembered(long key) => _memo.TryGetValue(key, out var value) ? value : throw Refuse($"expected a value that was remembered. Received: number {key}, which is not there");

    private object Top() => _stack.Count > 0 ? _stack[^1] : throw Refuse("expected a value. Received: none");

    private object Pop()
    {
        var top = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return ReferenceEquals(top, Mark) ? throw Refuse("expected a value. Received: a mark") : top;
    }

    private object[] Pop(int count)
    {
        var values = new object[count];
        for (var i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private object[] PopToMark()
    {
        var mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
            throw Refuse("expected a mark. Received: none");
        object[] values = [.. CollectionsMarshal.AsSpan(_stack)[(mark + 1)..]];
        CollectionsMarshal.SetCount(_stack, mark);
        return values;
    }

    private string Text(object value) => value is Name name ? name.Text : throw Refuse("expected a name. Received: another value");

    private long Number(string text) => text is "00" or "01" ? text[1] - '0'
        : long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : throw Refuse($"expected a whole number. Received: {Archives.EntryName.Quoted(text)}");

    /// <summary>A whole number of any length, of which 8 bytes are read.</summary>
    private long Long()
    {
        var length = Byte();
        if (length > sizeof(long))
            throw Refuse($"expected whole numbers of at most 8 bytes. Received: {length} bytes");
        long value = 0;
        var digits = Take(length);
        for (var i = length - 1; i >= 0; i--)
            value = i == length - 1 ? (sbyte)digits[i] : (value << 8) | digits[i];
        return value;
    }

    private string Chars(uint length) => length <= LongestText ? Encoding.Latin1.GetString(Take((int)length)) : throw Refuse($"expected texts of at most {LongestText} bytes. Received: {length}");

    private string Line()
    {
        var rest = bytes.Span[_at..];
        var end = rest[..Math.Min(rest.Length, LongestText)].IndexOf((byte)'\n');
        if (end < 0)
            throw Refuse("expected a line. Received: no end of one");
        _at += end + 1;
        return Encoding.Latin1.GetString(rest[..end]);
    }

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - _at)
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected {count} more bytes. Received: {bytes.Length - _at}.", file);
        _at += count;
        return bytes.Span.Slice(_at - count, count);
    }

    private IngestException Refuse(string message) => new(DatasetErrorCodes.Unsupported, message + ".", file);
}
