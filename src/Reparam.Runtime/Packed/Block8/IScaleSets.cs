namespace Reparam.Runtime.Packed;

/// <summary>How many row blocks share a unit of 16 rows, as a constant for kernels.</summary>
internal interface IScaleSets
{
    /// <summary>1, or 2 when the first and the last eight rows have multipliers of their own.</summary>
    static abstract int Count { get; }

    readonly struct One : IScaleSets
    {
        public static int Count => 1;
    }

    readonly struct Two : IScaleSets
    {
        public static int Count => 2;
    }
}
