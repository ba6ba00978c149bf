using System.Text.Json.Serialization;
using Reparam.Benchmarks.Measuring;

namespace Reparam.Benchmarks.Kernels;

/// <summary>A figure that packed products are held to.</summary>
/// <param name="Order">Place in the table.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">What the figure counts.</param>
/// <param name="Value">The figure; null when it could not be measured.</param>
/// <param name="Bar">The least value that is good enough, or the largest where <paramref name="AtMost"/> says so; null where there is none.</param>
/// <param name="AtMost">Whether less is better.</param>
/// <param name="Missing">What it would have taken to measure it; null when it was.</param>
internal sealed record KernelTarget(int Order, string Name, FigureUnit Unit, double? Value, double? Bar, bool AtMost = false, string? Missing = null)
{
    /// <summary>Whether the bar is met; null when nothing was measured, or there is none.</summary>
    [JsonIgnore]
    public bool? Met => (Value, Bar) is ({ } value, { } bar) ? AtMost ? value <= bar : value >= bar : null;
}
