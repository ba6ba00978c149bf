namespace Reparam.Structures.Tests.Foreign;

/// <summary>A user's own structure: a linear layer that trains as a product of two, which widens its gradient without making it larger.</summary>
/// <param name="factor">How many times wider than its input the product is inside. 1 to 16.</param>
[ReparamMethod("Reparam.Structures.Tests.Foreign.ExpandFold", Source = "Written in a test project")]
public sealed class ExpandAttribute([ReparamRange(1, 16)] int factor) : StructureAttribute
{
    /// <summary>How many times wider than its input the product is inside.</summary>
    public int Factor { get; } = factor;

    /// <summary>Adds the input to the output. Default true.</summary>
    public bool Skip { get; set; } = true;
}
