using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Twins;

/// <summary>Something in the user's code that a twin cannot take over. Never leaves a transform or an analyzer.</summary>
/// <param name="Descriptor">What is wrong.</param>
/// <param name="Location">Where.</param>
/// <param name="Arguments">Arguments of the message.</param>
internal readonly record struct Finding(DiagnosticDescriptor Descriptor, Location Location, params string[] Arguments)
{
    /// <summary>True if another finding, at the declaration of what is used here, already says it.</summary>
    public bool IsConsequence { get; init; }

    /// <summary>The type of this compilation that has no twin, where that is what is wrong: it is told once by each type that uses it.</summary>
    public string? Refused { get; init; }

    /// <summary>The message with its arguments.</summary>
    public string Message => string.Format(CultureInfo.InvariantCulture, Descriptor.MessageFormat.ToString(CultureInfo.InvariantCulture), Arguments);
}
