namespace Reparam.Conformance.Tests.Methods;

/// <summary>How a method's attribute is written in the suite's models.</summary>
/// <param name="Name">The attribute's name without <c>Attribute</c>.</param>
/// <param name="Positional">Arguments of its constructor; empty for none.</param>
/// <param name="Named">Properties that are set; empty for none.</param>
internal sealed record MethodCase(string Name, string Positional = "", string Named = "")
{
    /// <summary>False where the method documents that it leaves terms out of a gradient: finite differences would not agree.</summary>
    public bool HasExactGradient { get; init; } = true;

    /// <summary>The attribute class.</summary>
    public Type Attribute => FoundMethods.All.Single(type => FoundMethods.NameOf(type) == Name);

    /// <summary>The same with another property set.</summary>
    public MethodCase With(string named) => this with { Named = Named.Length == 0 ? named : $"{Named}, {named}" };

    /// <summary>The attribute as it is written, without brackets.</summary>
    public override string ToString()
    {
        var arguments = string.Join(", ", new[] { Positional, Named }.Where(part => part.Length > 0));
        return arguments.Length == 0 ? Name : $"{Name}({arguments})";
    }
}
