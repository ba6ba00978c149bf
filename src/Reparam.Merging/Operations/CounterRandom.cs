using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reparam.Merging;

/// <summary>
/// Random numbers by index: the number of an element depends on the seed, the input, the tensor's name and the element's index alone, not on the order of
/// tensors, blocks and threads. The
/// generator is SplitMix64 (Steele, Lea and Flood, 2014), entered at any place, with a key from SHA-256.
/// </summary>
public readonly struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong key;

    /// <summary>Begins a sequence of its own for each seed, input and tensor.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="input">Number of the input.</param>
    /// <param name="tensor">Name of the tensor: <see cref="TensorInputs.RandomName"/>.</param>
    public CounterRandom(long seed, int input, string tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var text = string.Create(CultureInfo.InvariantCulture, $"{seed}/{input}/{tensor}");
        key = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>A number of the uniform distribution over [0, 1), in steps of 2⁻⁵³.</summary>
    /// <param name="index">Index of the element.</param>
    public double Uniform(long index)
    {
        var z = unchecked(key + (Golden * ((ulong)index + 1)));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        z ^= z >> 31;
        return (z >> 11) * (1.0 / (1UL << 53));
    }
}
