using System.Numerics;

namespace Reparam.Runtime.Kernels.Fourier;

/// <summary>
/// The discrete Fourier transform of one length, in double precision: by mixed radix (Cooley and Tukey, "An algorithm for the machine calculation of complex
/// Fourier series", 1965), and where a prime factor is large by a convolution (Bluestein, "A linear filtering approach to the computation of discrete Fourier
/// transform", 1970). O(n log n) steps for every length.
/// </summary>
internal sealed class FourierTransform
{
    private const int LargestRadix = 31;

    private readonly int length;
    private readonly int[] radices;

    // e^(−2πik/n).
    private readonly Complex[] roots;

    // Of a length with a large prime factor: e^(−πik²/n), and the transform of the sequence that the convolution takes.
    private readonly Complex[]? chirp;
    private readonly Complex[]? chirpSpectrum;
    private readonly FourierTransform? convolution;

    /// <param name="length">Numbers of the sequence, 1 or more.</param>
    public FourierTransform(int length)
    {
        this.length = length;
        radices = Radices(length);
        roots = new Complex[length];
        for (var i = 0; i < length; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * i / length);
            roots[i] = new Complex(cos, -sin);
        }

        if (radices is [.., > LargestRadix])
        {
            chirp = new Complex[length];
            for (long i = 0; i < length; i++)
            {
                var (sin, cos) = Math.SinCos(Math.PI * (i * i % (2L * length)) / length);
                chirp[i] = new Complex(cos, -sin);
            }

            convolution = new FourierTransform((int)BitOperations.RoundUpToPowerOf2((uint)(2 * length - 1)));
            chirpSpectrum = new Complex[convolution.length];
            for (var i = 0; i < length; i++)
            {
                chirpSpectrum[i] = Complex.Conjugate(chirp[i]);
                chirpSpectrum[(convolution.length - i) % convolution.length] = Complex.Conjugate(chirp[i]);
            }

            convolution.Forward(chirpSpectrum);
        }
    }

    /// <summary>Σ x[j]·e^(−2πijk/n), in place.</summary>
    public void Forward(Span<Complex> values)
    {
        if (convolution is not null)
        {
            Convolve(values);
            return;
        }

        var source = values.ToArray();
        Combine(source, 0, 1, values, 0);
    }

    /// <summary>Σ x[j]·e^(2πijk/n), in place; not divided by the length.</summary>
    public void Backward(Span<Complex> values)
    {
        Conjugate(values);
        Forward(values);
        Conjugate(values);
    }

    private static void Conjugate(Span<Complex> values)
    {
        foreach (ref var value in values)
        {
            value = Complex.Conjugate(value);
        }
    }

    // The prime factors, the smallest first.
    private static int[] Radices(int length)
    {
        var result = new List<int>();
        for (var factor = 2; factor * factor <= length; factor++)
        {
            while (length % factor == 0)
            {
                result.Add(factor);
                length /= factor;
            }
        }

        return length > 1 ? [.. result, length] : [.. result];
    }

    // The transform of every stride-th number: those of its parts, one for each residue, joined.
    private void Combine(Complex[] source, int offset, int stride, Span<Complex> result, int level)
    {
        if (result.Length == 1)
        {
            result[0] = source[offset];
            return;
        }

        var radix = radices[level];
        var part = result.Length / radix;
        for (var i = 0; i < radix; i++)
        {
            Combine(source, offset + i * stride, stride * radix, result.Slice(i * part, part), level + 1);
        }

        Span<Complex> terms = stackalloc Complex[radix];
        for (var k = 0; k < part; k++)
        {
            for (var i = 0; i < radix; i++)
            {
                terms[i] = result[i * part + k] * Root(stride * i, k);
            }

            for (var j = 0; j < radix; j++)
            {
                var sum = terms[0];
                for (var i = 1; i < radix; i++)
                {
                    sum += terms[i] * Root(stride * part * i, j);
                }

                result[j * part + k] = sum;
            }
        }
    }

    private Complex Root(long a, long b) => roots[a * b % length];

    private void Convolve(Span<Complex> values)
    {
        var padded = new Complex[convolution!.length];
        for (var i = 0; i < length; i++)
        {
            padded[i] = values[i] * chirp![i];
        }

        convolution.Forward(padded);
        for (var i = 0; i < padded.Length; i++)
        {
            padded[i] *= chirpSpectrum![i];
        }

        convolution.Backward(padded);
        for (var i = 0; i < length; i++)
        {
            values[i] = padded[i] * chirp![i] / padded.Length;
        }
    }
}
