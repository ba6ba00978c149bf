using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// What the kernels of nested weights need besides the prepacked lines: the head of a block of memory, behind which, at <see cref="HeadBytes"/>, the
/// columns of the profile table lie: [plane, then offset][profiles, at least 64] bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NestedProfiles
{
    /// <summary>Bytes before the table.</summary>
    public const int HeadBytes = 64;

    private const int Register = 64;

    /// <summary>
    /// Bytes of a column of the table: 64 for 6 bits of an index or fewer, 128 or 256; 0 when the prepacked form holds amplitudes and offsets themselves.
    /// </summary>
    public int TableBytes;

    /// <summary>Sets of a segment.</summary>
    public int Sets;

    /// <summary>Bytes of a block's super-scales, which come first.</summary>
    public int ScaleBytes;

    /// <summary>The mantissa of the step, 1 to 2.</summary>
    public float Step;

    /// <summary>The smallest offset. The table holds offsets less this one.</summary>
    public float MinOffset;

    /// <summary>Whether there are offsets other than 0.</summary>
    public bool HasOffsets;

    /// <summary>Whether the amplitudes but the first sum up to more than 127, so that their products may not be added in 16 bits.</summary>
    public bool WideAmplitudes;

    /// <summary>Builds the head and the table's columns.</summary>
    public static AlignedMemory Create(ProfileTable table, NestedColumns columns, NestedOrder order, int scaleBytes, int stepExponent)
    {
        var tableBytes = order.HoldsAmplitudes(table) ? 0 : Math.Max(Register, table.Count);
        var memory = new AlignedMemory(HeadBytes + ((table.Bits + 1L) * tableBytes));
        var (min, max, rest) = (127, -127, 0);
        for (var p = 0; p < table.Count; p++)
        {
            var profile = table.Profile(p);
            min = Math.Min(min, profile[table.Bits]);
            max = Math.Max(max, profile[table.Bits]);
            var sum = 0;
            for (var bit = 1; bit < table.Bits; bit++)
            {
                sum += profile[bit];
            }

            rest = Math.Max(rest, sum);
        }

        *(NestedProfiles*)memory.Start = new NestedProfiles
        {
            TableBytes = tableBytes,
            Sets = columns.Sets,
            ScaleBytes = scaleBytes,
            Step = MathF.ScaleB(table.Step, -stepExponent),
            MinOffset = min,
            HasOffsets = min != 0 || max != 0,
            WideAmplitudes = rest > 127,
        };
        for (var p = 0; p < table.Count && tableBytes > 0; p++)
        {
            var profile = table.Profile(p);
            for (var i = 0; i <= table.Bits; i++)
            {
                memory.Start[HeadBytes + (i * tableBytes) + p] = (byte)(i < table.Bits ? profile[i] : profile[i] - min);
            }
        }

        return memory;
    }
}
