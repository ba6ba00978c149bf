using Microsoft.CodeAnalysis;
using Reparam.Generators.Diagnostics;

namespace Reparam.Generators.Structures;

/// <summary>What the analyzer reports about structures. Pages: docs/diagnostics.</summary>
internal static class StructureDescriptors
{
    /// <summary>{0} what is found, and what is expected.</summary>
    public static readonly DiagnosticDescriptor Placement = Error(
        "RP0014", "A structure attribute and a block do not belong together",
        "{0}; a structure is a marked class that derives from StructureBlock<TFolded> and has one structure attribute");

    /// <summary>{0} block, {1} folded class, {2} what is wrong with it.</summary>
    public static readonly DiagnosticDescriptor FoldedClass = Error(
        "RP0030", "The class that a structure folds into cannot ship",
        "'{0}' folds into '{1}', which {2}; expected a class marked with [ReparamModule] that can be made");

    /// <summary>{0} parameters of the block's constructor, {1} block, {2} folded class, {3} its constructors.</summary>
    public static readonly DiagnosticDescriptor Constructors = Error(
        "RP0031", "A structure and its folded class have different constructors",
        "The constructor ({0}) of '{1}' has none of the same parameters in '{2}', which has {3}: whoever makes a block makes the folded class at run time, "
            + "with the same arguments");

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(
        id, title, message, "Reparam.Annotations", DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
