namespace Reparam.Merging.Engine;

/// <summary>How tensors are cut. It says nothing about the result.</summary>
internal static class Blocks
{
    /// <summary>Elements of a block.</summary>
    public const int Length = 1 << 15;

    /// <summary>Elements of the block that starts at an element.</summary>
    public static int LengthAt(long start, long elements) => (int)Math.Min(Length, elements - start);
}
