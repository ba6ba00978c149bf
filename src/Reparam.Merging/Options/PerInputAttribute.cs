namespace Reparam.Merging;

/// <summary>
/// Makes a <c>double[]</c> option one of each input. The user gives one number for all inputs, or as many numbers as there are inputs. The operation
/// always gets as many as there are inputs.
/// </summary>
/// <param name="value">What each input gets when the option is left out.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PerInputAttribute(double value) : Attribute
{
    /// <summary>What each input gets when the option is left out.</summary>
    public double Default { get; } = value;
}
