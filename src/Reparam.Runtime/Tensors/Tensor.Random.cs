using Reparam.Runtime.Kernels;
using Reparam.Runtime.Randomness;

namespace Reparam.Runtime;

/// <content>
/// Random elements. A seed gives TorchSharp's numbers on the CPU; logarithms, sines and cosines of single precision may differ in the last digits. A weight
/// that waits for its checkpoint is left alone, and nothing is drawn for it.
/// </content>
public partial class Tensor
{
    /// <summary>Overwrites the elements with numbers in [from, to), each equally likely.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidOperationException">The elements are no floating-point or complex numbers.</exception>
    /// <exception cref="ArgumentException"><paramref name="from"/> lies above <paramref name="to"/>.</exception>
    [Counterpart("uniform_")]
    public Tensor Uniform_(double from, double to, Generator? generator = null)
    {
        RequireRandom(from <= to, $"uniform_: from must be at most to, but found from={from} > to={to}.");
        return Drawn("uniform_", parts => Drawing.Uniform(parts, from, to, generator));
    }

    /// <summary>Overwrites the elements with normal numbers. A complex number has half of the variance in each part.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidOperationException">The elements are no floating-point or complex numbers.</exception>
    /// <exception cref="ArgumentException"><paramref name="std"/> is negative.</exception>
    [Counterpart("normal_")]
    public Tensor Normal_(double mean = 0, double std = 1, Generator? generator = null)
    {
        RequireRandom(std >= 0, $"normal_: std must be 0 or more, but found {std}.");
        return Drawn("normal_", parts => Drawing.Normal(parts, mean, IsComplex() ? std / Math.Sqrt(2) : std, generator));
    }

    /// <summary>Overwrites the elements with e to the power of normal numbers.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidOperationException">The elements are no floating-point numbers.</exception>
    /// <exception cref="ArgumentException"><paramref name="std"/> is not positive.</exception>
    [Counterpart("log_normal_")]
    public Tensor LogNormal_(double mean = 0, double std = 1, Generator? generator = null)
    {
        RequireRandom(std > 0, $"log_normal_: std must be positive, but found {std}.");
        return DrawnReal("log_normal_", engine => Math.Exp(engine.NextNormal() * std + mean), generator);
    }

    /// <summary>Overwrites the elements with numbers of density λ e^(−λx).</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidOperationException">The elements are no floating-point numbers.</exception>
    /// <exception cref="ArgumentException"><paramref name="lambda"/> is not positive.</exception>
    [Counterpart("exponential_")]
    public Tensor Exponential_(double lambda = 1, Generator? generator = null)
    {
        RequireRandom(lambda > 0, $"exponential_: lambda must be positive, but found {lambda}.");
        return DrawnReal("exponential_", engine => -1 / lambda * SpecialFunctions.LogOnePlus(-engine.NextDouble()), generator);
    }

    /// <summary>Overwrites the elements with numbers of the Cauchy distribution.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidOperationException">The elements are no floating-point numbers.</exception>
    /// <exception cref="ArgumentException"><paramref name="sigma"/> is not positive.</exception>
    [Counterpart("cauchy_")]
    public Tensor Cauchy_(double median = 0, double sigma = 1, Generator? generator = null)
    {
        RequireRandom(sigma > 0, $"cauchy_: sigma must be positive, but found {sigma}.");
        return DrawnReal("cauchy_", engine => median + sigma * Math.Tan(Math.PI * (engine.NextDouble() - 0.5)), generator);
    }

    /// <summary>Overwrites the elements with the numbers of trials up to the first success.</summary>
    /// <param name="p">Probability of success, in (0, 1).</param>
    /// <param name="generator">The source; null for the default one.</param>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException"><paramref name="p"/> is out of range.</exception>
    [Counterpart("geometric_")]
    public Tensor Geometric_(double p, Generator? generator = null)
    {
        RequireRandom(p is > 0 and < 1, $"geometric_: p must lie between 0 and 1, but found {p}.");
        var scale = SpecialFunctions.LogOnePlus(-p);
        return Drawn(engine => Math.Ceiling(Math.Log(engine.NextDouble()) / scale), generator);
    }

    /// <summary>Overwrites the elements with whole numbers in [from, to), each equally likely; the limits are cut to integers.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException">The range is empty, or the element type does not hold it.</exception>
    [Counterpart("random_")]
    public Tensor Random_(double from, double to, Generator? generator = null) => Random((long)from, (long)to, generator);

    /// <summary>Overwrites the elements with ones, of the probability <paramref name="p"/>, and zeros.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException"><paramref name="p"/> does not lie between 0 and 1.</exception>
    [Counterpart("bernoulli_")]
    public Tensor Bernoulli_(double p = 0.5, Generator? generator = null)
    {
        RequireRandom(p is >= 0 and <= 1, $"bernoulli_: p must lie between 0 and 1, but found {p}.");
        return Drawn(engine => engine.NextDouble() < p ? 1.0 : 0.0, generator);
    }

    /// <summary>Overwrites the elements with ones, each of its own probability, and zeros.</summary>
    /// <param name="p">Probabilities, broadcast to this tensor.</param>
    /// <param name="generator">The source; null for the default one.</param>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException">A probability does not lie between 0 and 1.</exception>
    [Counterpart("bernoulli_")]
    public Tensor Bernoulli_(Tensor p, Generator? generator = null)
    {
        if (!p.IsFloatingPoint())
        {
            throw new InvalidOperationException($"bernoulli: the probabilities must be floating-point numbers, not {p.Dtype}.");
        }

        var probabilities = p.Expand(Shape).ToType(DType.Float64).ToArray<double>();
        var outside = Array.FindIndex(probabilities, probability => !(probability is >= 0 and <= 1));
        RequireRandom(outside < 0, $"bernoulli: probability {outside} must lie between 0 and 1, but is {(outside < 0 ? 0 : probabilities[outside])}.");
        var draws = Allocate(DType.Float64, Shape);
        var (next, isDouble) = (0, p.Dtype == DType.Float64);
        Drawing.Each(draws, generator, engine => (isDouble ? engine.NextDouble() : engine.NextSingle()) < probabilities[next++] ? 1.0 : 0.0);
        return Copy_(draws);
    }

    /// <summary>Ones, each of the probability that this tensor gives, and zeros.</summary>
    [Counterpart("bernoulli")]
    public Tensor Bernoulli(Generator? generator = null) => Torch.EmptyLike(this).Bernoulli_(this, generator);

    /// <summary>Numbers of the Poisson distribution, each of the mean that this tensor gives.</summary>
    /// <exception cref="ArgumentException">A mean is negative.</exception>
    [Counterpart("poisson")]
    public Tensor Poisson(Generator? generator = null)
    {
        if (!IsFloatingPoint())
        {
            throw new InvalidOperationException($"poisson: the means must be floating-point numbers, not {Dtype}.");
        }

        var means = ToType(DType.Float64).ToArray<double>();
        var outside = Array.FindIndex(means, mean => !(mean >= 0));
        RequireRandom(outside < 0, $"poisson: mean {outside} must be 0 or more, but is {(outside < 0 ? 0 : means[outside])}.");
        var next = 0;
        var draws = Allocate(DType.Float64, Shape);
        Drawing.Each(draws, generator, engine => Sampling.Poisson(means[next++], engine));
        return draws.ToType(Dtype);
    }

    /// <summary>Positions drawn by weight.</summary>
    /// <param name="num_samples">Positions of each row.</param>
    /// <param name="replacement">Whether a position may come several times.</param>
    /// <param name="generator">The source; null for the default one.</param>
    /// <returns>Int64, [num_samples] of a vector of weights, [rows, num_samples] of a matrix.</returns>
    /// <exception cref="ArgumentException">The weights are no distribution, or have too few positions.</exception>
    [Counterpart("multinomial")]
    public Tensor Multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
        Sampling.Multinomial(this, num_samples, replacement, generator);

    /// <summary>Whole numbers in [low, high), in the shape of this tensor.</summary>
    [Counterpart("randint_like")]
    public Tensor RandintLike(long low, long high, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.EmptyLike(this, dtype).Random(low, high, null);

    /// <summary>Numbers in [0, 1), in the shape of this tensor.</summary>
    [Counterpart("rand_like")]
    public Tensor RandLike(DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.EmptyLike(this, dtype).Uniform_(0, 1);

    /// <summary>Standard normal numbers, in the shape of this tensor.</summary>
    [Counterpart("randn_like")]
    public Tensor RandnLike(DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.EmptyLike(this, dtype).Normal_();

    internal Tensor Random(long from, long to, Generator? generator)
    {
        RequireRandom(from < to, $"random_: from must lie below to, but found from={from} >= to={to}.");
        if (ElementTypes.Category(Dtype) <= 1)
        {
            var (least, most) = Limits(Dtype);
            RequireRandom(from >= least && to - 1 <= most, $"random_: {Dtype} does not hold all numbers from {from} to {to - 1}.");
        }

        if (!IsUnloaded)
        {
            ThrowIfPacked();
            Drawing.Integers(this, from, to, generator);
        }

        return this;
    }

    private static (long Least, long Most) Limits(DType type) => type switch
    {
        DType.Bool => (0, 1),
        DType.Byte => (byte.MinValue, byte.MaxValue),
        DType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        DType.Int16 => (short.MinValue, short.MaxValue),
        DType.Int32 => (int.MinValue, int.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    private static void RequireRandom(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }

    // Draws floating-point numbers, or the parts of complex ones.
    private Tensor Drawn(string name, Action<Tensor> draw)
    {
        if (IsUnloaded)
        {
            return this;
        }

        ThrowIfPacked();
        if (!IsFloatingPoint() && !IsComplex())
        {
            throw new InvalidOperationException($"{name}: the elements must be floating-point numbers, not {Dtype}.");
        }

        draw(IsComplex() ? ViewAsReal() : this);
        return this;
    }

    private Tensor DrawnReal(string name, Func<MersenneTwister, double> draw, Generator? generator) => IsComplex()
        ? throw new InvalidOperationException($"{name}: the elements must be floating-point numbers, not {Dtype}.")
        : Drawn(name, parts => Drawing.Each(parts, generator, draw));

    private Tensor Drawn(Func<MersenneTwister, double> draw, Generator? generator)
    {
        if (!IsUnloaded)
        {
            ThrowIfPacked();
            Drawing.Each(this, generator, draw);
        }

        return this;
    }
}
