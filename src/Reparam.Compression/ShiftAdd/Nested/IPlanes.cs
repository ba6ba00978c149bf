namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>A number of planes as a type, so that the loops over planes are laid out by the compiler.</summary>
internal interface IPlanes
{
    static abstract int Count { get; }
}

/// <summary>1 plane.</summary>
internal readonly struct OnePlane : IPlanes
{
    public static int Count => 1;
}

/// <summary>2 planes.</summary>
internal readonly struct TwoPlanes : IPlanes
{
    public static int Count => 2;
}

/// <summary>3 planes.</summary>
internal readonly struct ThreePlanes : IPlanes
{
    public static int Count => 3;
}

/// <summary>4 planes.</summary>
internal readonly struct FourPlanes : IPlanes
{
    public static int Count => 4;
}
