using Microsoft.CodeAnalysis;
using Reparam.Generators.Diagnostics;

namespace Reparam.Generators.Twins;

/// <summary>What can keep a class, or a member of it, from having a run-time twin.</summary>
internal static class TwinDiagnostics
{
    /// <summary>{0} symbol, {1} what keeps it from having one: empty, or the arguments and the nearest overload.</summary>
    public static readonly DiagnosticDescriptor NoCounterpart = Error(
        "RP0201", "No counterpart in the run-time library", "'{0}' has no counterpart in Reparam.Runtime{1}, so the run-time class cannot do this");

    /// <summary>{0} class, {1} base class.</summary>
    public static readonly DiagnosticDescriptor BaseClass = Error(
        "RP0204", "The base class of a class cannot be mapped",
        "The class '{0}' derives from '{1}', of which Reparam.Runtime has no counterpart");

    /// <summary>{0} symbol, {1} its assembly.</summary>
    public static readonly DiagnosticDescriptor ForeignHelper = Error(
        "RP0206", "A helper of another library works on tensors",
        "'{0}' works on TorchSharp types, and the library '{1}' has no run-time form of it: the run-time class cannot use it");

    /// <summary>{0} class, {1} interface.</summary>
    public static readonly DiagnosticDescriptor InterfaceLeftOut = Make(
        "RP0210", "An interface is left out of a run-time class",
        "The run-time class of '{0}' does not implement '{1}', whose members work on TorchSharp types and whose library has no run-time form of it",
        DiagnosticSeverity.Warning);

    /// <summary>{0} usual name of the twin, {1} class, {2} the twin's name.</summary>
    public static readonly DiagnosticDescriptor NameTaken = Make(
        "RP0207", "The name of a run-time class is taken", "There is already a '{0}', so the run-time class of '{1}' is called '{2}'", DiagnosticSeverity.Info);

    /// <summary>{0} what uses it, {1} the class without twin.</summary>
    public static readonly DiagnosticDescriptor BecauseRefused = Error(
        "RP0209", "A run-time class needs one that cannot be made",
        "The run-time form of '{0}' cannot use '{1}', because '{1}' was refused: what is wrong is reported there");

    /// <summary>{0} class, {1} what the compiler says.</summary>
    public static readonly DiagnosticDescriptor WouldNotCompile = Error(
        "RP0211", "The run-time form of a member would not compile", "The run-time form of this in '{0}' would not compile: {1}");

    private static DiagnosticDescriptor Error(string id, string title, string message) => Make(id, title, message, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Make(string id, string title, string message, DiagnosticSeverity severity) => new(
        id, title, message, "Reparam.Twins", severity, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
