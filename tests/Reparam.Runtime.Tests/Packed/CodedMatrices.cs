using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>Random coded matrices and inputs.</summary>
internal static class CodedMatrices
{
    public static BinaryCodedMatrix Random(int rows, int columns, int bits, int groupSize, int scaleTerms = 0, int scaleExponent = 0, int seed = 1)
    {
        var random = new Random((((rows * 1009) + columns) * 1009 + bits) * 1009 + groupSize + seed);
        var group = groupSize == 0 ? columns : groupSize;
        var scales = rows * ((columns + group - 1) / group) * bits;
        var terms = new byte[scales * scaleTerms];
        for (var i = 0; i < terms.Length; i++)
        {
            var first = i % scaleTerms == 0;
            terms[i] = first ? BinaryCodedMatrix.EncodeTerm(false, random.Next(-3, 1))
                : random.Next(4) == 0 ? (byte)0
                : BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-12, -4));
        }

        var halves = new Half[scaleTerms == 0 ? scales : 0];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)(random.NextSingle() / (1 << (i % bits)));
        }

        return new BinaryCodedMatrix(rows, columns, bits, groupSize, scaleExponent, Codes(rows, columns, bits, random), halves, terms, scaleTerms);
    }

    public static uint[] Codes(int rows, int columns, int bits, Random random)
    {
        var words = (columns + 31) / 32;
        var codes = new uint[bits * rows * words];
        for (var i = 0; i < codes.Length; i++)
        {
            var past = Math.Max(0, (i % words + 1) * 32 - columns);
            codes[i] = (uint)random.NextInt64(1L << 32) & (uint.MaxValue >> past);
        }

        return codes;
    }

    public static float[] Gaussian(int count, int seed = 2)
    {
        var random = new Random(seed + count);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
