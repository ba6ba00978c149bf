using System.Buffers.Binary;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime.Randomness;

/// <summary>
/// The generator MT19937 (Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number generator", 1998),
/// seeded by 32 bits, with the state layout of libtorch's CPU generator.
/// </summary>
internal sealed class MersenneTwister
{
    /// <summary>Bytes of a written state: the engine, and the normal numbers that wait.</summary>
    public const int StateBytes = 5056;

    private const int Length = 624;
    private const int Shift = 397;
    private const uint Twist = 0x9908b0df;
    private const uint HighBit = 0x80000000;

    private readonly uint[] state = new uint[Length];
    private int left;
    private int next;

    public MersenneTwister(ulong seed) => Seed(seed);

    /// <summary>What the generator was seeded with; the low 32 bits count.</summary>
    public ulong InitialSeed { get; private set; }

    /// <summary>The second of two normal numbers that were made together, where it waits to be taken.</summary>
    public double? WaitingNormal { get; set; }

    public void Seed(ulong seed)
    {
        InitialSeed = seed;
        WaitingNormal = null;
        state[0] = (uint)seed;
        for (var i = 1; i < Length; i++)
        {
            state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + (uint)i;
        }

        left = 1;
        next = 0;
    }

    /// <summary>32 random bits.</summary>
    public uint Next()
    {
        if (--left == 0)
        {
            Advance();
        }

        var bits = state[next++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c5680;
        bits ^= (bits << 15) & 0xefc60000;
        return bits ^ (bits >> 18);
    }

    /// <summary>64 random bits: the first draw is the high half.</summary>
    public ulong NextLong()
    {
        ulong high = Next();
        return (high << 32) | Next();
    }

    /// <summary>A number in [0, 1) of 24 bits.</summary>
    public float NextSingle() => (Next() & 0xFFFFFF) * (1f / (1 << 24));

    /// <summary>A number in [0, 1) of 53 bits.</summary>
    public double NextDouble() => (NextLong() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

    /// <summary>A normal number (Box and Muller, 1958). They are made in twos; the second waits.</summary>
    public double NextNormal()
    {
        if (WaitingNormal is { } waiting)
        {
            WaitingNormal = null;
            return waiting;
        }

        var first = NextDouble();
        var second = NextDouble();
        var radius = Math.Sqrt(-2 * SpecialFunctions.LogOnePlus(-second));
        var angle = 2 * Math.PI * first;
        WaitingNormal = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    /// <summary>Writes everything that decides about the numbers to come.</summary>
    public void Write(Span<byte> target)
    {
        target.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(target, InitialSeed);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], left);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], next);
        for (var i = 0; i < Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target[(24 + 8 * i)..], state[i]);
        }

        if (WaitingNormal is { } waiting)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(target[5024..], waiting);
            BinaryPrimitives.WriteInt32LittleEndian(target[5040..], 1);
        }
    }

    /// <summary>Goes on from a written state.</summary>
    /// <exception cref="ArgumentException">The bytes are no state.</exception>
    public void Read(ReadOnlySpan<byte> source)
    {
        var (remaining, position) = source.Length == StateBytes
            ? (BinaryPrimitives.ReadInt32LittleEndian(source[8..]), BinaryPrimitives.ReadInt64LittleEndian(source[16..]))
            : throw new ArgumentException($"A state of the random generator has {StateBytes} bytes, not {source.Length}.");
        if (remaining is < 1 or > Length || position is < 0 or > Length)
        {
            throw new ArgumentException($"The state of the random generator is damaged: {remaining} numbers left from position {position} of {Length}.");
        }

        InitialSeed = BinaryPrimitives.ReadUInt64LittleEndian(source);
        (left, next) = (remaining, (int)position);
        for (var i = 0; i < Length; i++)
        {
            state[i] = (uint)BinaryPrimitives.ReadUInt64LittleEndian(source[(24 + 8 * i)..]);
        }

        WaitingNormal = BinaryPrimitives.ReadInt32LittleEndian(source[5040..]) != 0 ? BinaryPrimitives.ReadDoubleLittleEndian(source[5024..]) : null;
    }

    private void Advance()
    {
        left = Length;
        next = 0;
        for (var i = 0; i < Length; i++)
        {
            var mixed = (state[i] & HighBit) | (state[(i + 1) % Length] & ~HighBit);
            state[i] = state[(i + Shift) % Length] ^ (mixed >> 1) ^ ((mixed & 1) != 0 ? Twist : 0);
        }
    }
}
