namespace Reparam.Runtime.LookUp;

/// <summary>Whether quantised tables have one byte plane or two, as a constant for kernels.</summary>
internal interface ITablePlanes
{
    /// <summary>1 or 2.</summary>
    static abstract int Count { get; }

    /// <summary>8-bit entries.</summary>
    readonly struct One : ITablePlanes
    {
        public static int Count => 1;
    }

    /// <summary>16-bit entries, parted into high bytes and low bytes.</summary>
    readonly struct Two : ITablePlanes
    {
        public static int Count => 2;
    }
}
