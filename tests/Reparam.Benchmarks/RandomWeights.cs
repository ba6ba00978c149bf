using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Benchmarks;

/// <summary>Random matrices and inputs. The time of a product does not depend on their values.</summary>
internal static class RandomWeights
{
    public static BinaryCodedMatrix Coded(int rows, int columns, int bits, int groupSize)
    {
        var random = new Random(bits);
        var words = (columns + 31) / 32;
        var codes = new uint[bits * rows * words];
        random.NextBytes(MemoryMarshal.AsBytes(codes.AsSpan()));
        for (var last = words - 1; last < codes.Length && columns % 32 != 0; last += words)
        {
            codes[last] &= (1u << (columns % 32)) - 1;
        }

        var scales = new Half[rows * ((columns + groupSize - 1) / groupSize) * bits];
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = (Half)random.NextSingle();
        }

        return new BinaryCodedMatrix(rows, columns, bits, groupSize, 0, codes, scales);
    }

    public static float[] Dense(int count)
    {
        var random = new Random(count);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        return values;
    }
}
