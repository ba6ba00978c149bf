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
/// <see cref="PickleGlobal"/>, <see cref="PickleObject"/> and what the objects give. What they take of memory is bounded by a <see cref="PickleBudget"/>.
/// </remarks>
internal sealed class PickleReader(Stream stream, IPickleObjects objects)
{
    // Estimated sizes in memory, array growth included.
    private const int SlotSize = 16;
    private const int NumberSize = 24;
    private const int ContainerSize = 64;
    private const int EntrySize = 32;
    private const int MemoSize = 64;

    private static readonly object Mark = new();

    private readonly List<object?> stack = [];
    private readonly Dictionary<uint, object?> memo = [];
    private PickleBudget budget = new();

    /// <summary>Reads one pickle and leaves the stream behind it.</summary>
    /// <exception cref="FormatException">The bytes are no pickle, or use an instruction that is not understood.</exception>
    public object? Read()
    {
        stack.Clear();
        memo.Clear();
        budget = new PickleBudget();
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
                Push(null);
                return true;
            case 0x88:
                Push(true, NumberSize);
                return true;
            case 0x89:
                Push(false, NumberSize);
                return true;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4)), NumberSize);
                return true;
            case (byte)'K':
                Push((long)ReadByte(), NumberSize);
                return true;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2)), NumberSize);
                return true;
            case 0x8A: // LONG1
                Push(Integer(ReadBytes(ReadByte())), NumberSize);
                return true;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(8)), NumberSize);
                return true;
            case (byte)'U': // strings of Python 2
                Push(Encoding.Latin1.GetString(ReadBytes(ReadByte())));
                return true;
            case (byte)'T':
                Push(Encoding.Latin1.GetString(ReadBytes(ReadUInt32())));
                return true;
            case (byte)'X':
                Push(Text(ReadBytes(ReadUInt32())));
                return true;
            case 0x8C:
                Push(Text(ReadBytes(ReadByte())));
                return true;
            case 0x8D:
                Push(Text(ReadBytes(ReadLength64())));
                return true;
            case (byte)'C':
                Push(ReadBytes(ReadByte()));
                return true;
            case (byte)'B':
                Push(ReadBytes(ReadUInt32()));
                return true;
            case 0x8E or 0x96: // BINBYTES8, BYTEARRAY8
                Push(ReadBytes(ReadLength64()));
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
                Push(Mark);
                return true;
            case (byte)']' or 0x8F: // EMPTY_LIST, EMPTY_SET
                Push(new List<object?>(), ContainerSize);
                return true;
            case (byte)'l' or 0x91: // LIST, FROZENSET
                var members = PopToMark();
                Push(new List<object?>(members), ContainerSize + (SlotSize * members.Length));
                return true;
            case (byte)'a':
                Append([Pop()]);
                return true;
            case (byte)'e' or 0x90: // APPENDS, ADDITEMS
                Append(PopToMark());
                return true;
            case (byte)')':
                Push(new PickleTuple([]), ContainerSize);
                return true;
            case (byte)'t':
                var elements = PopToMark();
                Push(new PickleTuple(elements), ContainerSize + (SlotSize * elements.Length));
                return true;
            case 0x85 or 0x86 or 0x87: // TUPLE1, TUPLE2, TUPLE3
                var items = new object?[opcode - 0x84];
                for (var i = items.Length - 1; i >= 0; i--)
                {
                    items[i] = Pop();
                }

                Push(new PickleTuple(items), ContainerSize + (SlotSize * items.Length));
                return true;
            case (byte)'}':
                Push(new PickleDict(), 2 * ContainerSize);
                return true;
            case (byte)'d':
                var pairs = PopToMark();
                Push(new PickleDict(), 2 * ContainerSize);
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
                Push(Peek());
                return true;
            case (byte)'q':
                Memoize(ReadByte());
                return true;
            case (byte)'r':
                Memoize(ReadUInt32());
                return true;
            case 0x94: // MEMOIZE
                Memoize((uint)memo.Count);
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
                Push(Global(ReadLine(), ReadLine()));
                return true;
            case 0x93: // STACK_GLOBAL
                var (name, module) = (Pop(), Pop());
                Push(module is string moduleName && name is string text ? Global(moduleName, text) : throw new FormatException("a global without a name"));
                return true;
            case (byte)'R' or 0x81: // REDUCE, NEWOBJ
                var arguments = Pop();
                Call(Pop(), arguments, null);
                return true;
            case 0x92: // NEWOBJ_EX
                var keywords = Pop();
                var positional = Pop();
                Call(Pop(), positional, keywords);
                return true;
            case (byte)'b':
                SetState(Pop());
                return true;
            case (byte)'Q':
                var id = Pop();
                Push(objects.Load(id), 2 * ContainerSize);
                return true;
            default:
                return false;
        }
    }

    private void Call(object? function, object? arguments, object? keywords)
    {
        var noKeywords = keywords is null or PickleDict { Entries.Count: 0 };
        Push(
            (function, arguments) switch
            {
                (PickleGlobal global, PickleTuple tuple) when noKeywords => objects.Call(global, tuple, budget),
                (PickleGlobal global, _) => new PickleObject(global.ToString(), new PickleTuple([arguments, keywords])),
                _ => new PickleObject(ClassOf(function), new PickleTuple([function, arguments, keywords])),
            },
            3 * ContainerSize);
    }

    private void SetState(object? state)
    {
        switch (Peek())
        {
            case PickleDict { State: null } dict:
                dict.State = state;
                break;
            case PickleObject { State: null } instance:
                instance.State = state;
                break;
            case var value when !objects.SetState(value, state):
                throw new FormatException($"a state is set on {ClassOf(value)}");
        }
    }

    private PickleGlobal Global(string module, string name)
    {
        budget.Charge((3 * ContainerSize) + (sizeof(char) * (module.Length + name.Length)));
        return new PickleGlobal(module, name);
    }

    private static string ClassOf(object? value) => value switch
    {
        PickleGlobal global => global.ToString(),
        PickleObject instance => instance.ClassName,
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
        budget.Charge(SlotSize * items.Length);
        switch (Peek())
        {
            case List<object?> list:
                list.AddRange(items);
                break;
            case PickleObject instance:
                (instance.Items ??= []).AddRange(items);
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

        budget.Charge(EntrySize * (pairs.Length / 2));
        var dict = Peek() switch
        {
            PickleDict found => found,
            PickleObject instance => instance.Entries ??= new PickleDict(),
            _ => throw new FormatException("entries are set on what is no dictionary"),
        };
        for (var i = 0; i < pairs.Length; i += 2)
        {
            dict.Entries.Add(new(pairs[i], pairs[i + 1]));
        }
    }

    private void Push(object? value, int size = 0)
    {
        budget.Charge(SlotSize + size);
        stack.Add(value);
    }

    private void Memoize(uint index)
    {
        budget.Charge(MemoSize);
        memo[index] = Peek();
    }

    private void Recall(uint index) =>
        Push(memo.TryGetValue(index, out var value) ? value : throw new FormatException($"memo entry {index} was never stored"));

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
        budget.Read(1);
        var value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw new FormatException("the pickle is cut off");
    }

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    private long ReadLength64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));

    private byte[] ReadBytes(long count)
    {
        budget.Read(count);
        budget.Charge(ContainerSize + (2 * count));

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
