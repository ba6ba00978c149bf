using System.Security.Cryptography;
using Reparam.Runtime.Randomness;

namespace Reparam.Runtime;

/// <summary>
/// A source of random numbers: the Mersenne Twister of libtorch's CPU generator, so a seed gives the numbers that it gives there. The draws of several threads
/// follow each other in no fixed order.
/// </summary>
/// <param name="seed">What the numbers start from; the low 32 bits count.</param>
/// <param name="device">The CPU.</param>
[Counterpart("TorchSharp.torch+Generator")]
[method: Counterpart(".ctor")]
public sealed class Generator(ulong seed = 0, Device? device = null) : IDisposable
{
    // The seed that libtorch's generator has until it gets another one.
    private const ulong FirstSeed = 67280421310721;

    private readonly MersenneTwister engine = new(seed);

    /// <summary>The generator of all draws that name none.</summary>
    [Counterpart("Default")]
    public static Generator Default { get; } = new(FirstSeed);

    /// <summary>The CPU.</summary>
    [Counterpart("device")]
    public Device Device { get; } = device ?? Device.Cpu;

    /// <summary>Starts the numbers again from a seed.</summary>
    /// <returns>This generator.</returns>
    [Counterpart("manual_seed")]
    public Generator ManualSeed(long seed)
    {
        lock (engine)
        {
            engine.Seed((ulong)seed);
        }

        return this;
    }

    /// <summary>Starts the numbers from a seed that nobody knows beforehand.</summary>
    /// <returns>That seed.</returns>
    [Counterpart("seed")]
    public long Seed()
    {
        var drawn = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        ManualSeed(drawn);
        return drawn;
    }

    /// <summary>The seed from which the numbers started.</summary>
    [Counterpart("initial_seed")]
    public long InitialSeed()
    {
        lock (engine)
        {
            return (long)engine.InitialSeed;
        }
    }

    /// <summary>What decides about the numbers to come: [5056] bytes, in libtorch's layout.</summary>
    [Counterpart("get_state")]
    public Tensor GetState()
    {
        var state = Tensor.Allocate(DType.Byte, [MersenneTwister.StateBytes]);
        lock (engine)
        {
            engine.Write(state.Span<byte>());
        }

        return state;
    }

    /// <summary>Goes on from a state of <see cref="GetState"/>.</summary>
    /// <exception cref="ArgumentException">The tensor holds no state.</exception>
    [Counterpart("set_state")]
    public void SetState(Tensor value)
    {
        lock (engine)
        {
            engine.Read(value.ToArray<byte>());
        }
    }

    /// <summary>Without effect: the numbers hold nothing outside managed memory.</summary>
    [Counterpart("Dispose")]
    public void Dispose()
    {
    }

    /// <summary>Draws while no other thread does.</summary>
    internal void Use<TState>(TState state, Action<MersenneTwister, TState> draw)
        where TState : allows ref struct
    {
        lock (engine)
        {
            draw(engine, state);
        }
    }
}
