using Microsoft.CodeAnalysis;
using Reparam.Generators.Diagnostics;

namespace Reparam.Generators.Twins;

/// <summary>What can keep a class, or a member of it, from having a run-time twin.</summary>
internal static class TwinDiagnostics
{
    /// <summary>{0} symbol.</summary>
    public static readonly DiagnosticDescriptor NoCounterpart = Error(
        "RP0201", "No counterpart in the run-time library", "'{0}' has no counterpart in Reparam.Runtime, so the run-time class cannot do this");

    /// <summary>{0} class, {1} what it is.</summary>
    public static readonly DiagnosticDescriptor NestedOrGeneric = Error(
        "RP0202", "A marked class is nested or generic",
        "The class '{0}' is {1}; a run-time class is emitted for classes that are neither nested nor generic only");

    /// <summary>{0} class.</summary>
    public static readonly DiagnosticDescriptor PrimaryConstructor = Error(
        "RP0203", "A marked class has a primary constructor",
        "The class '{0}' has a primary constructor; write an ordinary constructor, which the run-time class can take over");

    /// <summary>{0} class, {1} base class.</summary>
    public static readonly DiagnosticDescriptor BaseClass = Error(
        "RP0204", "The base class of a marked class cannot be mapped",
        "The class '{0}' derives from '{1}', which is neither marked with [ReparamModule] nor a class that Reparam.Runtime has a counterpart of");

    /// <summary>{0} parameter, {1} type, {2} class.</summary>
    public static readonly DiagnosticDescriptor ConstructorParameter = Error(
        "RP0205", "A module's constructor takes a TorchSharp type",
        "The constructor's parameter '{0}' has the TorchSharp type '{1}'; whoever makes a '{2}' at run time has no such value: pass numbers "
            + "and marked classes");

    /// <summary>{0} symbol, {1} class to mark.</summary>
    public static readonly DiagnosticDescriptor UnmarkedHelper = Error(
        "RP0206", "A helper that works on tensors is not marked",
        "'{0}' works on TorchSharp types, but '{1}' is not marked with [ReparamModule]: the run-time class cannot use it");

    /// <summary>{0} name of the twin, {1} class.</summary>
    public static readonly DiagnosticDescriptor NameTaken = Error(
        "RP0207", "The name of a run-time class is taken", "There is already a type '{0}', the name of the run-time class of '{1}'");

    /// <summary>{0} symbol, {1} file-local type.</summary>
    public static readonly DiagnosticDescriptor FileLocal = Error(
        "RP0208", "A marked class uses a file-local type",
        "'{0}' cannot be used by the run-time class, which is emitted into another file: '{1}' is file-local; drop 'file' from its declaration");

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(
        id, title, message, "Reparam.Twins", DiagnosticSeverity.Error, isEnabledByDefault: true,
        helpLinkUri: HelpLinks.Of(id));
}
