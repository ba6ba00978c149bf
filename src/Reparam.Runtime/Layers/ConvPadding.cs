namespace Reparam.Runtime;

/// <summary>Zeros around an input: a number on each side, or as many as keep its size.</summary>
internal readonly record struct ConvPadding(long Amount, bool Same = false)
{
    public static implicit operator ConvPadding(long amount) => new(amount);

    public static ConvPadding From(Padding padding) => new(0, padding == Padding.Same);

    /// <summary>Zeros before and after; libtorch puts the odd one after.</summary>
    /// <exception cref="ArgumentException">The size is to be kept, and the stride is not 1.</exception>
    public (int Before, int After) Resolve(int kernel, int stride, int dilation)
    {
        if (!Same)
        {
            return ((int)Amount, (int)Amount);
        }

        if (stride != 1)
        {
            throw new ArgumentException($"Padding that keeps the size needs stride 1, not {stride}.");
        }

        var total = dilation * (kernel - 1);
        return (total / 2, total - total / 2);
    }
}
