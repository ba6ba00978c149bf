using Reparam;

namespace StoryTeller.Trainer;

/// <summary>The ways to code that the trainer compares. They were chosen without the text that measures.</summary>
public static class Codings
{
    /// <summary>Stored bits a weight of the mixed plan.</summary>
    public const double MixedBits = 3.5;

    /// <summary>Planes of the uniform plan that takes no more space.</summary>
    public const int UniformPlanes = 3;

    /// <summary>Numbers of planes, in the order of the table.</summary>
    public static IReadOnlyList<int> Planes { get; } = [4, 3, 2];

    /// <summary>Sign planes with scales for 64 inputs of a row.</summary>
    public static ShiftAddAttribute Row(int planes) => new(planes) { Layout = ShiftAddLayout.Row, GroupSize = 64 };

    /// <summary>Sign planes under learned profiles, half a stored bit above their number. The matrices are tiny: wide searches cost next to nothing.</summary>
    public static ShiftAddAttribute Nested(int planes) => new(planes) { Layout = ShiftAddLayout.Nested, Quality = CodingQuality.Best };
}
