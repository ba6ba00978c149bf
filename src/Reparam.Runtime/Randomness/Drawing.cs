using Reparam.Runtime.Kernels;

namespace Reparam.Runtime.Randomness;

/// <summary>
/// Fills tensors with random numbers in the order in which libtorch's CPU kernels draw them: along memory, the dimension of the smallest stride innermost.
/// </summary>
internal static class Drawing
{
    // So many normal numbers are made together from so many uniform ones.
    private const int Block = 16;

    /// <summary>Numbers in [from, to), each from the bits that the element type holds: 24, 53, 11 (half) or 8 (bfloat16).</summary>
    public static void Uniform(Tensor target, double from, double to, Generator? generator)
    {
        var type = target.Dtype;
        switch (type)
        {
            case DType.Float64:
                Each<double>(target, generator, engine => engine.NextDouble() * (to - from) + from);
                break;
            case DType.Float32:
                var (low, width) = ((float)from, (float)to - (float)from);
                Each<float>(target, generator, engine => engine.NextSingle() * width + low);
                break;
            default:
                var (start, span) = (Narrow(from, type), Narrow(to, type) - Narrow(from, type));
                Each<float>(target, generator, engine => NextNarrow(engine, type) * span + start);
                break;
        }
    }

    /// <summary>
    /// Normal numbers. 16 and more in contiguous memory are made in blocks of 16 from 16 uniform ones; where the last block is not full, the last 16 elements
    /// are drawn anew. Anything else is drawn one by one in double precision. In blocks of single precision libtorch's own logarithm and sine give results
    /// that differ in the last digits.
    /// </summary>
    public static void Normal(Tensor target, double mean, double std, Generator? generator)
    {
        if (target.Count < Block || !target.IsContiguous())
        {
            Each<double>(target, generator, engine => engine.NextNormal() * std + mean);
        }
        else if (target.Dtype == DType.Float64)
        {
            NormalBlocks<double>(target, generator, engine => engine.NextDouble(), values => Transform(values, mean, std));
        }
        else if (target.Dtype == DType.Float32)
        {
            NormalBlocks<float>(target, generator, engine => engine.NextSingle(), values => Transform(values, (float)mean, (float)std));
        }
        else
        {
            var type = target.Dtype;
            var (shift, scale) = (Narrow(mean, type), Narrow(std, type));
            NormalBlocks<float>(target, generator, engine => NextNarrow(engine, type), values => TransformNarrow(values, shift, scale, type));
        }
    }

    /// <summary>Whole numbers in [from, to): the rest of a draw of 32 bits, or of 64 where the range takes 28 bits or more.</summary>
    public static void Integers(Tensor target, long from, long to, Generator? generator)
    {
        var range = (ulong)to - (ulong)from;
        Each<long>(target, generator, engine => (long)((range >= 1UL << 28 ? engine.NextLong() : engine.Next()) % range + (ulong)from));
    }

    /// <summary>Draws each element and converts it to the type of the tensor.</summary>
    public static void Each<T>(Tensor target, Generator? generator, Func<MersenneTwister, T> draw)
        where T : unmanaged
    {
        var ordered = InMemoryOrder(target);
        var direct = ordered.Dtype == ElementTypes.Of<T>() && ordered.IsContiguous();
        var values = direct ? ordered : Tensor.Allocate(ElementTypes.Of<T>(), ordered.Shape);
        (generator ?? Generator.Default).Use(Pointwise.Flat<T>(values), (engine, elements) =>
        {
            for (var i = 0; i < elements.Length; i++)
            {
                elements[i] = draw(engine);
            }
        });
        if (!direct)
        {
            Copying.Copy(values, ordered);
        }
    }

    /// <summary>A random order of the numbers below a count (Fisher and Yates).</summary>
    public static void Permutation(Span<long> target, Generator? generator)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = i;
        }

        (generator ?? Generator.Default).Use(target, (engine, order) =>
        {
            // Many numbers need more than 32 bits for each choice to be equally likely.
            var isLong = order.Length >= uint.MaxValue / 20;
            for (var i = 0; i < order.Length - 1; i++)
            {
                var other = i + (int)((isLong ? engine.NextLong() : engine.Next()) % (ulong)(order.Length - i));
                (order[i], order[other]) = (order[other], order[i]);
            }
        });
    }

    private static Tensor InMemoryOrder(Tensor target)
    {
        if (target.IsContiguous())
        {
            return target;
        }

        var strides = target.Strides.ToArray();
        return target.Permute([.. Enumerable.Range(0, target.Rank).OrderByDescending(dim => strides[dim]).Select(dim => (long)dim)]);
    }

    private static void NormalBlocks<T>(Tensor target, Generator? generator, Func<MersenneTwister, T> draw, Action<Span<T>> transform)
        where T : unmanaged
    {
        var direct = target.Dtype == ElementTypes.Of<T>();
        var values = direct ? target : Tensor.Allocate(ElementTypes.Of<T>(), target.Shape);
        (generator ?? Generator.Default).Use(Pointwise.Flat<T>(values), (engine, elements) =>
        {
            Draw(engine, elements);
            for (var start = 0; start + Block <= elements.Length; start += Block)
            {
                transform(elements.Slice(start, Block));
            }

            if (elements.Length % Block != 0)
            {
                Draw(engine, elements[^Block..]);
                transform(elements[^Block..]);
            }
        });
        if (!direct)
        {
            Copying.Copy(values, target);
        }

        void Draw(MersenneTwister engine, Span<T> elements)
        {
            for (var i = 0; i < elements.Length; i++)
            {
                elements[i] = draw(engine);
            }
        }
    }

    // Box and Muller: the first half of a block gives radii, the second angles.
    private static void Transform(Span<double> values, double mean, double std)
    {
        for (var i = 0; i < Block / 2; i++)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - values[i]));
            var angle = 2 * Math.PI * values[i + Block / 2];
            values[i] = radius * Math.Cos(angle) * std + mean;
            values[i + Block / 2] = radius * Math.Sin(angle) * std + mean;
        }
    }

    private static void Transform(Span<float> values, float mean, float std)
    {
        for (var i = 0; i < Block / 2; i++)
        {
            var radius = MathF.Sqrt(-2 * MathF.Log(1 - values[i]));
            var angle = (float)(2 * Math.PI * values[i + Block / 2]);
            values[i] = radius * MathF.Cos(angle) * std + mean;
            values[i + Block / 2] = radius * MathF.Sin(angle) * std + mean;
        }
    }

    // Each step is rounded to the narrow type.
    private static void TransformNarrow(Span<float> values, float mean, float std, DType type)
    {
        for (var i = 0; i < Block / 2; i++)
        {
            var radius = Round(MathF.Sqrt(Round(-2 * Round(MathF.Log(Round(1 - values[i]))))));
            var angle = Round((float)(2 * Math.PI * values[i + Block / 2]));
            values[i] = Round(Round(radius * Round(MathF.Cos(angle))) * std) + mean;
            values[i + Block / 2] = Round(Round(radius * Round(MathF.Sin(angle))) * std) + mean;
        }

        float Round(float value) => Narrow(value, type);
    }

    private static float NextNarrow(MersenneTwister engine, DType type)
    {
        var bits = type == DType.Float16 ? 11 : 8;
        return (engine.Next() & ((1u << bits) - 1)) * (1f / (1 << bits));
    }

    private static float Narrow(double value, DType type) => type == DType.Float16 ? (float)(Half)(float)value : new BFloat16((float)value).ToSingle();
}
