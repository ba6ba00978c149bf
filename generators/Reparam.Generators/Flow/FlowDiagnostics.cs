using Microsoft.CodeAnalysis;
using Reparam.Generators.Diagnostics;

namespace Reparam.Generators.Flow;

/// <summary>What can be wrong with a statement about the flow.</summary>
internal static class FlowDiagnostics
{
    /// <summary>{0} name, {1} class.</summary>
    public static readonly DiagnosticDescriptor NoComponent = Make(
        "RP0301", "[Feeds] names no component", "[Feeds] names '{0}', but '{1}' has no module property or field of this name", DiagnosticSeverity.Error);

    /// <summary>{0} member, {1} what is stated, {2} what is seen.</summary>
    public static readonly DiagnosticDescriptor Contradiction = Make(
        "RP0302", "[Feeds] contradicts the forward",
        "[Feeds] says that the output of '{0}' goes to {1}, but in forward it goes to {2}", DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Make(string id, string title, string message, DiagnosticSeverity severity) => new(
        id, title, message, "Reparam.Flow", severity, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
