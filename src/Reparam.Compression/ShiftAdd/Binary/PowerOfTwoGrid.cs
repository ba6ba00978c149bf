using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// The numbers that are sums of at most so many signed powers of two, in ascending order. A number has an index; neighbouring indices are neighbouring
/// numbers, so a search over scales is a search over integers.
/// </summary>
internal sealed class PowerOfTwoGrid
{
    // Ten binary places suffice for three terms, and every number then fits half precision too.
    private const int Depth = 10;
    private const int LowestExponent = -80;

    private static readonly PowerOfTwoGrid[] ByTerms = [new(1), new(2), new(3)];

    private readonly double[] mantissas;
    private readonly (bool Negative, int Exponent)[][] terms;

    // All mantissas are multiples of 2^-Depth: for each multiple the place of the largest mantissa that is not above it.
    private readonly short[] floors = new short[1 << Depth];

    private PowerOfTwoGrid(int maxTerms)
    {
        var found = new SortedDictionary<double, (bool, int)[]>();
        foreach (var lead in (int[])[0, 1])
        {
            Extend(found, maxTerms, [(false, lead)], Math.ScaleB(1, lead));
        }

        mantissas = [.. found.Keys];
        terms = [.. found.Values];
        for (var place = 0; place < mantissas.Length; place++)
        {
            floors.AsSpan((int)((mantissas[place] - 1) * floors.Length)).Fill((short)place);
        }
    }

    /// <summary>Index of 0.</summary>
    public int ZeroIndex => LowestExponent * mantissas.Length - 1;

    /// <summary>The grid for scales of 1 to 3 terms.</summary>
    public static PowerOfTwoGrid Of(int terms) => ByTerms[terms - 1];

    /// <summary>The number at an index; everything at or below <see cref="ZeroIndex"/> is 0.</summary>
    public double Value(int index)
    {
        if (index <= ZeroIndex)
        {
            return 0;
        }

        var octave = Octave(index);
        return mantissas[index - octave * mantissas.Length] * PowerOfTwo(octave);
    }

    /// <summary>How far a number and the same number times 2^exponent lie apart on the grid.</summary>
    public int Octaves(int exponent) => exponent * mantissas.Length;

    /// <summary>The number at an index above that of 0, which a float holds exactly.</summary>
    public float Single(int index)
    {
        var octave = Octave(index);
        return (float)(mantissas[index - octave * mantissas.Length] * PowerOfTwo(octave));
    }

    /// <summary>Index of the number nearest to a value ≥ 0.</summary>
    public int Nearest(double value)
    {
        var floor = Floor(value);
        return value - Value(floor) <= Value(floor + 1) - value ? floor : floor + 1;
    }

    /// <summary>Index of the largest number of the grid that is not above a value ≥ 0.</summary>
    public int Floor(double value)
    {
        if (value < Math.ScaleB(1, LowestExponent))
        {
            return ZeroIndex;
        }

        var octave = Math.ILogB(value);
        return octave * mantissas.Length + floors[(int)((value * PowerOfTwo(-octave) - 1) * floors.Length)];
    }

    /// <summary>Writes the stored terms of the number at an index, unused ones 0.</summary>
    public void Encode(int index, Span<byte> destination)
    {
        destination.Clear();
        if (index <= ZeroIndex)
        {
            return;
        }

        var octave = Octave(index);
        var parts = terms[index - octave * mantissas.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            destination[i] = BinaryCodedMatrix.EncodeTerm(parts[i].Negative, octave + parts[i].Exponent);
        }
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);

    private int Octave(int index)
    {
        var octave = index / mantissas.Length;
        return octave * mantissas.Length > index ? octave - 1 : octave;
    }

    // Terms descend in exponent; of two ways to the same number the shorter stays.
    private static void Extend(SortedDictionary<double, (bool, int)[]> found, int maxTerms, (bool Negative, int Exponent)[] parts, double value)
    {
        if (value is >= 1 and < 2 && (!found.TryGetValue(value, out var known) || parts.Length < known.Length))
        {
            found[value] = parts;
        }

        if (parts.Length == maxTerms)
        {
            return;
        }

        for (var exponent = parts[^1].Exponent - 1; exponent >= -Depth; exponent--)
        {
            var power = Math.ScaleB(1, exponent);
            Extend(found, maxTerms, [.. parts, (false, exponent)], value + power);
            Extend(found, maxTerms, [.. parts, (true, exponent)], value - power);
        }
    }
}
