using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>What a coded matrix stands for, read through the file's own definition.</summary>
internal static class Decoded
{
    public static float[] Weights(BinaryCodedMatrix matrix)
    {
        var all = new float[matrix.Rows * matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, all.AsSpan(row * matrix.Columns, matrix.Columns));
        }

        return all;
    }

    public static double RelativeError(float[] weights, BinaryCodedMatrix matrix)
    {
        var decoded = Weights(matrix);
        double error = 0, norm = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            error += ((double)weights[i] - decoded[i]) * ((double)weights[i] - decoded[i]);
            norm += (double)weights[i] * weights[i];
        }

        return norm == 0 ? Math.Sqrt(error) : Math.Sqrt(error / norm);
    }

    public static void AssertSame(BinaryCodedMatrix expected, BinaryCodedMatrix actual)
    {
        Assert.Equal(expected.ScaleExponent, actual.ScaleExponent);
        AssertSameParts(expected, actual);
    }

    public static void AssertSameParts(BinaryCodedMatrix expected, BinaryCodedMatrix actual)
    {
        Assert.True(expected.Codes.Span.SequenceEqual(actual.Codes.Span), "codes differ");
        Assert.True(expected.Scales.Span.SequenceEqual(actual.Scales.Span), "scales differ");
        Assert.True(expected.Terms.Span.SequenceEqual(actual.Terms.Span), "terms differ");
    }
}
