using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Allocation;

/// <summary>How a plan codes a layer.</summary>
/// <param name="Tensor">Name of the weight.</param>
/// <param name="Layout">Name of the layout that is asked for.</param>
/// <param name="Bits">Width.</param>
/// <param name="GroupSize">Group size; the nested and the codebook layout do not look at it.</param>
/// <param name="Fixed">True: the layer was not the plan's to choose.</param>
/// <param name="Bytes">Bytes without a table that layers share.</param>
/// <param name="Cost">What the plan counted for it, to six digits.</param>
public sealed record BitPlanLayer(string Tensor, string Layout, int Bits, int GroupSize, bool Fixed, long Bytes, double Cost)
{
    /// <summary>Options with the layer's layout, width and group size.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public ShiftAddOptions Apply(ShiftAddOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            options = options with { Layout = ShiftAddNames.ParseLayout(Layout), Bits = Bits, GroupSize = GroupSize };
            options.Validate();
            return options;
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"'{Tensor}': {exception.Message}", exception);
        }
    }
}
