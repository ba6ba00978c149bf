namespace Reparam.Merging;

/// <summary>
/// Makes a public static method a checkpoint operation. Its first parameter is what it works on, each further parameter is an option.
/// <list type="bullet">
/// <item><description>A method of <see cref="TensorInputs"/> that returns a <see cref="TensorResult"/> is called once for each tensor.</description></item>
/// <item><description>A method of <see cref="CheckpointInputs"/> that returns a <see cref="TensorOperation"/> is called once, and what it returns is
/// called for each tensor.</description></item>
/// </list>
/// Options are numbers, text, <c>bool</c>, enums and arrays of numbers. A parameter's default is the option's, its <see cref="ReparamRangeAttribute"/> its
/// range, and its doc comment its help.
/// </summary>
/// <param name="name">Name that users type, such as <c>ties</c>: lower-case letters, digits and hyphens.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CheckpointOperationAttribute(string name) : Attribute
{
    /// <summary>Name that users type.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the operation needs a base, the checkpoint that the inputs were trained from. Without it, giving a base is an error.</summary>
    public bool NeedsBase { get; set; }

    /// <summary>Fewest inputs, without the base.</summary>
    public int MinInputs { get; set; } = 1;
}
