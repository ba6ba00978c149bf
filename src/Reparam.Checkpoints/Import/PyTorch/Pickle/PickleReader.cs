using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>
/// Reads Python pickles, protocol 2 to 5, as data. Runs no code: the instructions that would import or call something give names and go to
/// <see cref="IPickleObjects"/>, which knows the few that tensors need.
/// </summary>
/// <remarks>
/// Values: null, bool, long, <see cref="BigInteger"/> beyond 64 bits, double, string, byte[], List, <see cref="PickleTuple"/>, <see cref="PickleDict"/>,
/// <see cref="PickleGlobal"/>, <see cref="PickleOpaque"/> and what the objects give.
/// </remarks>
internal sealed class PickleReader(Stream stream, IPickleObjects objects)
{
    // A state dictionary of a hundred thousand tensors takes a quarter of it; a compressed archive can hold gigabytes of nothing.
    private const long LongestPickle = 1 << 26;

    private static readonly object Mark = new();

    private readonly List<object?> stack = [];
    private readonly Dictionary<uint, object?> memo = [];
    private long consumed;

    /// <summary>Reads one pickle and leaves the stream behind it.</summary>
    /// <exception cref="FormatException">The bytes are no pickle, or use an instruction that is not understood.</exception>
    public object? Read()
    {
        stack.Clear();
        memo.Clear();
        consumed = 0;
        while (true)
        {
            var opcode = ReadByte();
            if (opcode == '.')
            {
                var result = Pop();
                return stack.Count == 0 ? result : throw new FormatException("a pickle leaves values behind");
            }

            if (!Literal(opcode) && !Container(opcode) && !Memory(opcode) && !Object(opcode))
            {
                throw new FormatException($"pickle instruction 0x{opcode:X2} is not understood");
            }
        }
    }

    private bool Literal(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                var version = ReadByte();
                if (version is < 2 or > 5)
                {
                    throw new FormatException($"pickle protocol {version} is not understood, only 2 to 5");
                }

                return true;
            case 0x95: // FRAME
                ReadBytes(8);
                return true;
            case (byte)'N':
                stack.Add(null);
                return true;
            case 0x88:
                stack.Add(true);
                return true;
            case 0x89:
                stack.Add(false);
                return true;
            case (byte)'J':
                stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4)));
                return true;
            case (byte)'K':
                stack.Add((long)ReadByte());
                return true;
            case (byte)'M':
                stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2)));
                return true;
            case 0x8A: // LONG1
                stack.Add(Integer(ReadBytes(ReadByte())));
                return true;
            case (byte)'G':
                stack.Add(BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(8)));
                return true;
            case (byte)'U': // strings of Python 2
                stack.Add(Encoding.Latin1.GetString(ReadBytes(ReadByte())));
                return true;
            case (byte)'T':
                stack.Add(Encoding.Latin1.GetString(ReadBytes(ReadUInt32())));
                return true;
            case (byte)'X':
                stack.Add(Text(ReadBytes(ReadUInt32())));
                return true;
            case 0x8C:
                stack.Add(Text(ReadBytes(ReadByte())));
                return true;
            case 0x8D:
                stack.Add(Text(ReadBytes(ReadLength64())));
                return true;
            case (byte)'C':
                stack.Add(ReadBytes(ReadByte()));
                return true;
            case (byte)'B':
                stack.Add(ReadBytes(ReadUInt32()));
                return true;
            case 0x8E or 0x96: // BINBYTES8, BYTEARRAY8
                stack.Add(ReadBytes(ReadLength64()));
                return true;
            default:
                return false;
        }
    }

    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(':
                stack.Add(Mark);
                return true;
            case (byte)']' or 0x8F: // EMPTY_LIST, EMPTY_SET
                stack.Add(new List<object?>());
                return true;
            case (byte)'l' or 0x91: // LIST, FROZENSET
                stack.Add(new List<object?>(PopToMark()));
                return true;
            case (byte)'a':
                Append([Pop()]);
                return true;
            case (byte)'e' or 0x90: // APPENDS, ADDITEMS
                Append(PopToMark());
                return true;
            case (byte)')':
                stack.Add(new PickleTuple([]));
                return true;
            case (byte)'t':
                stack.Add(new PickleTuple(PopToMark()));
                return true;
            case 0x85 or 0x86 or 0x87: // TUPLE1, TUPLE2, TUPLE3
                var items = new object?[opcode - 0x84];
                for (var i = items.Length - 1; i >= 0; i--)
                {
                    items[i] = Pop();
                }

                stack.Add(new PickleTuple(items));
                return true;
            case (byte)'}':
                stack.Add(new PickleDict());
                return true;
            case (byte)'d':
                var pairs = PopToMark();
                stack.Add(new PickleDict());
                SetItems(pairs);
                return true;
            case (byte)'s':
                var value = Pop();
                var key = Pop();
                SetItems([key, value]);
                return true;
            case (byte)'u':
                SetItems(PopToMark());
                return true;
            default:
                return false;
        }
    }

    private bool Memory(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'0':
                Pop();
                return true;
            case (byte)'1':
                PopToMark();
                return true;
            case (byte)'2':
                stack.Add(Peek());
                return true;
            case (byte)'q':
                memo[ReadByte()] = Peek();
                return true;
            case (byte)'r':
                memo[ReadUInt32()] = Peek();
                return true;
            case 0x94: // MEMOIZE
                memo[(uint)memo.Count] = Peek();
                return true;
            case (byte)'h':
                Recall(ReadByte());
                return true;
            case (byte)'j':
                Recall(ReadUInt32());
                return true;
            default:
                return false;
        }
    }

    private bool Object(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'c':
                stack.Add(new PickleGlobal(ReadLine(), ReadLine()));
                return true;
            case 0x93: // STACK_GLOBAL
                var (name, module) = (Pop(), Pop());
                stack.Add(module is string moduleName && name is string text
                    ? new PickleGlobal(moduleName, text)
                    : throw new FormatException("a global without a name"));
                return true;
            case (byte)'R':
                var arguments = Pop();
                var function = Pop();
                stack.Add(function is PickleGlobal global && arguments is PickleTuple tuple
                    ? objects.Call(global, tuple)
                    : new PickleOpaque(ClassOf(function)));
                return true;
            case 0x81: // NEWOBJ
                Pop();
                stack.Add(new PickleOpaque(ClassOf(Pop())));
                return true;
            case 0x92: // NEWOBJ_EX
                Pop();
                Pop();
                stack.Add(new PickleOpaque(ClassOf(Pop())));
                return true;
            case (byte)'b':
                // The state of an ordered dictionary is bookkeeping (module versions); that of an opaque object is dropped with it.
                Pop();
                if (Peek() is not (PickleDict or PickleOpaque))
                {
                    throw new FormatException($"a state is set on {ClassOf(Peek())}");
                }

                return true;
            case (byte)'Q':
                stack.Add(objects.Load(Pop()));
                return true;
            default:
                return false;
        }
    }

    private static string ClassOf(object? value) => value switch
    {
        PickleGlobal global => global.ToString(),
        PickleOpaque opaque => opaque.ClassName,
        null => "None",
        _ => value.GetType().Name,
    };

    private static object Integer(byte[] littleEndian)
    {
        // An empty array is 0.
        var value = new BigInteger(littleEndian);
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private static string Text(byte[] utf8)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("a string is not UTF-8");
        }
    }

    private void Append(object?[] items)
    {
        switch (Peek())
        {
            case List<object?> list:
                list.AddRange(items);
                break;
            case PickleOpaque:
                break;
            default:
                throw new FormatException("items are appended to what is no list");
        }
    }

    private void SetItems(object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            throw new FormatException("a key has no value");
        }

        switch (Peek())
        {
            case PickleDict dict:
                for (var i = 0; i < pairs.Length; i += 2)
                {
                    dict.Entries.Add(new(pairs[i], pairs[i + 1]));
                }

                break;
            case PickleOpaque:
                break;
            default:
                throw new FormatException("entries are set on what is no dictionary");
        }
    }

    private void Recall(uint index) =>
        stack.Add(memo.TryGetValue(index, out var value) ? value : throw new FormatException($"memo entry {index} was never stored"));

    private object? Peek() => stack.Count > 0 && !ReferenceEquals(stack[^1], Mark) ? stack[^1] : throw new FormatException("a value is missing");

    private object? Pop()
    {
        var value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] PopToMark()
    {
        var mark = stack.FindLastIndex(value => ReferenceEquals(value, Mark));
        if (mark < 0)
        {
            throw new FormatException("a mark is missing");
        }

        var items = stack[(mark + 1)..].ToArray();
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private byte ReadByte()
    {
        Consume(1);
        var value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw new FormatException("the pickle is cut off");
    }

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    private long ReadLength64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));

    private byte[] ReadBytes(long count)
    {
        Consume(count);

        // In parts: a false length must not make a large array before the end of the file is met.
        var bytes = new byte[(int)Math.Min(count, 1 << 16)];
        var done = 0;
        while (true)
        {
            var read = stream.ReadAtLeast(bytes.AsSpan(done), bytes.Length - done, throwOnEndOfStream: false);
            done += read;
            if (done < bytes.Length)
            {
                throw new FormatException("the pickle is cut off");
            }

            if (done == count)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(count, bytes.Length * 2L));
        }
    }

    private void Consume(long count)
    {
        if (count < 0 || count > LongestPickle - consumed)
        {
            throw new FormatException($"a pickle is longer than {LongestPickle} bytes");
        }

        consumed += count;
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (byte letter; (letter = ReadByte()) != '\n';)
        {
            line.Append((char)letter);
            if (line.Length > 1000)
            {
                throw new FormatException("the name of a global is longer than 1000 letters");
            }
        }

        return line.ToString();
    }
}
