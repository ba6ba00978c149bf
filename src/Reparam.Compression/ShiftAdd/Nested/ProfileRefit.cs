namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>The quadratic form θᵀAθ − 2bᵀθ of a profile θ = (a₁ … a_q, o) for fixed signs of its members, and its minimum.</summary>
internal readonly ref struct ProfileRefit
{
    private readonly int size;
    private readonly Span<double> a;
    private readonly Span<double> b;

    /// <summary>Forms A and b.</summary>
    /// <param name="statistics">Sums over the members.</param>
    /// <param name="bits">q.</param>
    /// <param name="workspace">[(bits + 1) · (bits + 2)].</param>
    public ProfileRefit(ReadOnlySpan<double> statistics, int bits, Span<double> workspace)
    {
        size = bits + 1;
        a = workspace[..(size * size)];
        b = workspace.Slice(size * size, size);
        for (var i = 0; i < bits; i++)
        {
            a[i * size + i] = statistics[ProfileStatistics.Weight];
            a[i * size + bits] = a[bits * size + i] = statistics[ProfileStatistics.Sign(i)];
            b[i] = statistics[ProfileStatistics.SignedValue(bits, i)];
            for (var j = 0; j < i; j++)
            {
                a[i * size + j] = a[j * size + i] = statistics[ProfileStatistics.Product(bits, j, i)];
            }
        }

        a[bits * size + bits] = statistics[ProfileStatistics.Weight];
        b[bits] = statistics[ProfileStatistics.Value];
    }

    /// <summary>θᵀAθ − 2bᵀθ.</summary>
    public double Cost(ReadOnlySpan<double> profile)
    {
        var cost = 0.0;
        for (var i = 0; i < size; i++)
        {
            var product = 0.0;
            for (var j = 0; j < size; j++)
            {
                product += a[i * size + j] * profile[j];
            }

            cost += profile[i] * (product - 2 * b[i]);
        }

        return cost;
    }

    /// <summary>Solves (A + ridge)·(θ − θ₀) = b − Aθ₀ for θ₀ = the profile given, so that what the members do not determine stays.</summary>
    public void Solve(Span<double> profile)
    {
        Span<double> m = stackalloc double[25];
        Span<double> r = stackalloc double[5];
        var ridge = 1e-6 * a[0] + double.Epsilon;
        for (var i = 0; i < size; i++)
        {
            r[i] = b[i];
            for (var j = 0; j < size; j++)
            {
                m[i * size + j] = a[i * size + j];
                r[i] -= a[i * size + j] * profile[j];
            }

            m[i * size + i] += ridge;
        }

        // A is positive semidefinite, so with the ridge no pivot vanishes.
        for (var p = 0; p < size; p++)
        {
            for (var i = p + 1; i < size; i++)
            {
                var factor = m[i * size + p] / m[p * size + p];
                for (var j = p; j < size; j++)
                {
                    m[i * size + j] -= factor * m[p * size + j];
                }

                r[i] -= factor * r[p];
            }
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < size; j++)
            {
                r[i] -= m[i * size + j] * r[j];
            }

            r[i] /= m[i * size + i];
            profile[i] += r[i];
        }
    }

    /// <summary>Makes the amplitudes nested: none negative, each at least the sum of those behind it.</summary>
    public static void Nest(Span<double> profile)
    {
        var amplitudes = profile[..^1];
        for (var i = 0; i < amplitudes.Length; i++)
        {
            amplitudes[i] = Math.Abs(amplitudes[i]);
        }

        amplitudes.Sort(static (left, right) => right.CompareTo(left));
        var sum = 0.0;
        for (var i = amplitudes.Length - 1; i >= 0; i--)
        {
            amplitudes[i] = Math.Max(amplitudes[i], sum);
            sum += amplitudes[i];
        }
    }
}
