using Reparam.Compression.Methods;

namespace Reparam.Compression.ShiftAdd;

/// <summary>What the coders take, by the ranges of the attribute.</summary>
internal static class ShiftAddRanges
{
    /// <summary>
    /// Checks every value. Groups of any size go with the layouts row and column; an annotation, which may get block8 from a plan, takes multiples of 8.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="layout">The layout in which is coded.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it, what was found and the range.</exception>
    public static void Require(ShiftAddAttribute options, ShiftAddLayout layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var member in OptionTable.Of(typeof(ShiftAddAttribute)).Members)
        {
            member.CheckLimits(member.Property.GetValue(options)!);
        }

        if (layout == ShiftAddLayout.Block8 && options.GroupSize % 8 != 0)
        {
            throw new ArgumentException($"groupSize is {options.GroupSize}; the block8 layout takes multiples of 8");
        }
    }
}
