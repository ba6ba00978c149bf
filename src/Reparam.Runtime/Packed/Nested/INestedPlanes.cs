namespace Reparam.Runtime.Packed;

/// <summary>The number of sign planes, as a constant for kernels.</summary>
internal interface INestedPlanes
{
    /// <summary>1 to 4.</summary>
    static abstract int Count { get; }

    /// <summary>Whether the amplitudes but the first may sum up to more than 127, so that their products may not be added in 16 bits.</summary>
    static abstract bool IsWide { get; }

    readonly struct One : INestedPlanes
    {
        public static int Count => 1;

        public static bool IsWide => false;
    }

    readonly struct Two : INestedPlanes
    {
        public static int Count => 2;

        public static bool IsWide => false;
    }

    readonly struct Three : INestedPlanes
    {
        public static int Count => 3;

        public static bool IsWide => false;
    }

    readonly struct WideThree : INestedPlanes
    {
        public static int Count => 3;

        public static bool IsWide => true;
    }

    readonly struct Four : INestedPlanes
    {
        public static int Count => 4;

        public static bool IsWide => false;
    }

    readonly struct WideFour : INestedPlanes
    {
        public static int Count => 4;

        public static bool IsWide => true;
    }
}
