using Reparam.Runtime.Randomness;

namespace Reparam.Runtime;

/// <content>Random tensors. A seed gives TorchSharp's numbers on the CPU, as <see cref="Runtime.Tensor"/>'s drawing methods say.</content>
public static partial class Torch
{
    /// <summary>Numbers in [0, 1).</summary>
    [Counterpart("rand")]
    public static Tensor Rand(
        ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Empty(size, dtype).Uniform_(0, 1, generator);

    /// <summary>Numbers in [0, 1).</summary>
    [Counterpart("rand")]
    public static Tensor Rand(long size, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Rand([size], dtype, device, requires_grad, generator);

    /// <summary>Numbers in [0, 1).</summary>
    [Counterpart("rand")]
    public static Tensor Rand(
        long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Rand([rows, columns], dtype, device, requires_grad, generator);

    /// <summary>Numbers in [0, 1).</summary>
    [Counterpart("rand")]
    public static Tensor Rand(
        long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Rand([dim0, dim1, dim2], dtype, device, requires_grad, generator);

    /// <summary>Numbers in [0, 1).</summary>
    [Counterpart("rand")]
    public static Tensor Rand(
        long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Rand([dim0, dim1, dim2, dim3], dtype, device, requires_grad, generator);

    /// <summary>Standard normal numbers.</summary>
    [Counterpart("randn")]
    public static Tensor Randn(
        ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Empty(size, dtype).Normal_(0, 1, generator);

    /// <summary>Standard normal numbers.</summary>
    [Counterpart("randn")]
    public static Tensor Randn(long size, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Randn([size], dtype, device, requires_grad, generator);

    /// <summary>Standard normal numbers.</summary>
    [Counterpart("randn")]
    public static Tensor Randn(
        long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Randn([rows, columns], dtype, device, requires_grad, generator);

    /// <summary>Standard normal numbers.</summary>
    [Counterpart("randn")]
    public static Tensor Randn(
        long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Randn([dim0, dim1, dim2], dtype, device, requires_grad, generator);

    /// <summary>Standard normal numbers.</summary>
    [Counterpart("randn")]
    public static Tensor Randn(
        long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Randn([dim0, dim1, dim2, dim3], dtype, device, requires_grad, generator);

    /// <summary>Numbers in [0, 1), in the shape of a tensor.</summary>
    [Counterpart("rand_like")]
    public static Tensor RandLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) => input.RandLike(dtype);

    /// <summary>Standard normal numbers, in the shape of a tensor.</summary>
    [Counterpart("randn_like")]
    public static Tensor RandnLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) => input.RandnLike(dtype);

    /// <summary>Normal numbers of one mean and deviation.</summary>
    [Counterpart("normal")]
    public static Tensor Normal(
        double mean, double std, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) => Randn(size, dtype, device, requires_grad, generator).Mul_(std).Add_(mean);

    /// <summary>Normal numbers, each of its own mean and deviation.</summary>
    /// <exception cref="ArgumentException">The shapes cannot be broadcast, or a deviation is negative.</exception>
    [Counterpart("normal")]
    public static Tensor Normal(Tensor mean, Tensor std, Generator? generator = null)
    {
        if (std.Lt(0).Any().ToBoolean())
        {
            throw new ArgumentException("normal: a deviation is negative.");
        }

        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(mean.Shape, std.Shape, shape)];
        return Randn(shape, ElementTypes.Promote(mean.Dtype, std.Dtype), generator: generator).Mul(std).Add(mean);
    }

    /// <summary>Whole numbers in [low, high).</summary>
    /// <exception cref="ArgumentException">The range is empty, or the element type does not hold it.</exception>
    [Counterpart("randint")]
    public static Tensor Randint(
        long low, long high, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) => Empty(size, dtype ?? DType.Int64).Random(low, high, generator);

    /// <summary>Whole numbers in [0, high).</summary>
    [Counterpart("randint")]
    public static Tensor Randint(
        long high, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Randint(0, high, size, dtype, device, requires_grad, generator);

    /// <summary>Whole numbers in [low, high), in the shape of a tensor.</summary>
    [Counterpart("randint_like")]
    public static Tensor RandintLike(Tensor input, long low, long high, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.RandintLike(low, high, dtype);

    /// <summary>The numbers below a count, in random order.</summary>
    [Counterpart("randperm")]
    public static Tensor Randperm(long n, DType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
    {
        var result = Runtime.Tensor.Allocate(DType.Int64, [n]);
        Drawing.Permutation(result.Span<long>(), generator);
        return result.ToType(dtype ?? DType.Int64);
    }

    /// <summary>Ones, each of the probability that a tensor gives, and zeros.</summary>
    [Counterpart("bernoulli")]
    public static Tensor Bernoulli(Tensor input, Generator? generator = null) => input.Bernoulli(generator);

    /// <summary>Numbers of the Poisson distribution, each of the mean that a tensor gives.</summary>
    [Counterpart("poisson")]
    public static Tensor Poisson(Tensor input, Generator? generator = null) => input.Poisson(generator);

    /// <summary>Positions drawn by weight: [num_samples], or [rows, num_samples].</summary>
    [Counterpart("multinomial")]
    public static Tensor Multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.Multinomial(num_samples, replacement, generator);

    /// <summary>A number in [0, 1).</summary>
    [Counterpart("rand_float")]
    public static double RandFloat(Generator? generator = null) => Rand(1, DType.Float64, generator: generator).Item<double>();

    /// <summary>A standard normal number.</summary>
    [Counterpart("randn_float")]
    public static double RandnFloat(Generator? generator = null) => Randn(1, DType.Float64, generator: generator).Item<double>();

    /// <summary>A whole number in [0, high).</summary>
    [Counterpart("randint_int")]
    public static int RandintInt(int high, Generator? generator = null) => RandintInt(0, high, generator);

    /// <summary>A whole number in [low, high).</summary>
    [Counterpart("randint_int")]
    public static int RandintInt(int low, int high, Generator? generator = null) => (int)RandintLong(low, high, generator);

    /// <summary>A whole number in [0, high).</summary>
    [Counterpart("randint_long")]
    public static long RandintLong(long high, Generator? generator = null) => RandintLong(0, high, generator);

    /// <summary>A whole number in [low, high).</summary>
    [Counterpart("randint_long")]
    public static long RandintLong(long low, long high, Generator? generator = null) => Randint(low, high, [1], generator: generator).Item<long>();

    /// <summary>True or false, equally likely.</summary>
    [Counterpart("randint_bool")]
    public static bool RandintBool(Generator? generator = null) => RandintLong(0, 2, generator) != 0;

    /// <summary>Starts the numbers of the default generator again from a seed.</summary>
    /// <returns>That generator.</returns>
    [Counterpart("manual_seed")]
    public static Generator ManualSeed(long seed) => Generator.Default.ManualSeed(seed);

    /// <summary>Starts the numbers of the default generator from a seed that nobody knows beforehand, and gives it.</summary>
    [Counterpart("seed")]
    public static long Seed() => Generator.Default.Seed();

    /// <summary>The seed from which the default generator's numbers started.</summary>
    [Counterpart("initial_seed")]
    public static long InitialSeed() => Generator.Default.InitialSeed();

    /// <summary>What decides about the default generator's numbers to come: [5056] bytes.</summary>
    [Counterpart("get_rng_state")]
    public static Tensor GetRngState() => Generator.Default.GetState();

    /// <summary>Goes on from a state of <see cref="GetRngState"/>.</summary>
    [Counterpart("set_rng_state")]
    public static void SetRngState(Tensor new_state) => Generator.Default.SetState(new_state);
}
