namespace Reparam.Runtime.LookUp;

/// <summary>Row blocks that a kernel interleaves with one input row, as a constant.</summary>
internal interface IBlockCount
{
    /// <summary>1 to 3.</summary>
    static abstract int Count { get; }

    readonly struct One : IBlockCount
    {
        public static int Count => 1;
    }

    readonly struct Two : IBlockCount
    {
        public static int Count => 2;
    }

    readonly struct Three : IBlockCount
    {
        public static int Count => 3;
    }
}
