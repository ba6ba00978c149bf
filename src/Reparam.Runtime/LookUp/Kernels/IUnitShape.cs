namespace Reparam.Runtime.LookUp;

/// <summary>Constants of a unit that kernels are specialised on; given as struct type arguments, so that the compiler sees them as literals.</summary>
internal interface IUnitShape
{
    /// <summary>Chunks of a segment, 1 to 4.</summary>
    static abstract int Chunks { get; }

    /// <summary>Whether the halves of the chunk have scales of their own.</summary>
    static abstract bool Split { get; }

    readonly struct SplitChunk : IUnitShape
    {
        public static int Chunks => 1;

        public static bool Split => true;
    }

    readonly struct OneChunk : IUnitShape
    {
        public static int Chunks => 1;

        public static bool Split => false;
    }

    readonly struct TwoChunks : IUnitShape
    {
        public static int Chunks => 2;

        public static bool Split => false;
    }

    readonly struct ThreeChunks : IUnitShape
    {
        public static int Chunks => 3;

        public static bool Split => false;
    }

    readonly struct FourChunks : IUnitShape
    {
        public static int Chunks => 4;

        public static bool Split => false;
    }
}
