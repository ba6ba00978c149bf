namespace Reparam.Runtime;

/// <summary>Seed and state of the default generator.</summary>
[Counterpart("TorchSharp.torch+random")]
public static class RandomState
{
    /// <summary>Starts the numbers again from a seed.</summary>
    /// <returns>The default generator.</returns>
    [Counterpart("manual_seed")]
    public static Generator ManualSeed(long seed) => Torch.ManualSeed(seed);

    /// <summary>Starts the numbers from a seed that nobody knows beforehand, and gives it.</summary>
    [Counterpart("seed")]
    public static long Seed() => Torch.Seed();

    /// <summary>The seed from which the numbers started.</summary>
    [Counterpart("initial_seed")]
    public static long InitialSeed() => Torch.InitialSeed();

    /// <summary>What decides about the numbers to come: [5056] bytes.</summary>
    [Counterpart("get_rng_state")]
    public static Tensor GetRngState() => Torch.GetRngState();

    /// <summary>Goes on from a state of <see cref="GetRngState"/>.</summary>
    [Counterpart("set_rng_state")]
    public static void SetRngState(Tensor new_state) => Torch.SetRngState(new_state);
}
