using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Diagnostics;

/// <summary>What the analyzers report about annotations. Pages: docs/diagnostics.</summary>
internal static class DiagnosticDescriptors
{
    public const string ClassNotPartialId = "RP0001";
    public const string UnmarkedClassId = "RP0003";
    public const string UnmarkedChildId = "RP0004";
    public const string PropertyNotPartialId = "RP0005";
    public const string MissingStepCallId = "RP0040";
    public const string OutOfRangeId = "RP0007";
    public const string PropertyFormId = "RP0006";
    public const string CannotHoldId = "RP0020";

    /// <summary>Property of a diagnostic's bag: the call that is missing, without its receiver.</summary>
    public const string Call = nameof(Call);

    /// <summary>Property of a diagnostic's bag: the variable that holds the model.</summary>
    public const string Model = nameof(Model);

    /// <summary>Property of a diagnostic's bag: the nearest value that is allowed.</summary>
    public const string NearestValue = nameof(NearestValue);

    /// <summary>{0} class.</summary>
    public static readonly DiagnosticDescriptor ClassNotPartial = Error(
        ClassNotPartialId, "A marked class is not partial", "The class '{0}' is marked but not partial, so nothing can be emitted for it");

    /// <summary>{0} class, {1} what it is.</summary>
    public static readonly DiagnosticDescriptor ClassForm = Error(
        "RP0002", "No part of a marked class can be emitted",
        "The class '{0}' is {1}: a further part of it, which would implement its properties, cannot be emitted");

    /// <summary>{0} attribute, {1} class.</summary>
    public static readonly DiagnosticDescriptor UnmarkedClass = Error(
        UnmarkedClassId, "A method attribute stands in a class that is not marked",
        "[{0}] has no effect: the class '{1}' is marked with neither [ReparamModule] nor [ReparamModel]");

    /// <summary>{0} member, {1} its class.</summary>
    public static readonly DiagnosticDescriptor UnmarkedChild = Warning(
        UnmarkedChildId, "A marked class uses a module class of another library that is not marked there",
        "'{0}' is a '{1}', whose library has no run-time form of it: its layers take no part in training, compression or the run-time class");

    /// <summary>{0} property, {1} attribute.</summary>
    public static readonly DiagnosticDescriptor PropertyNotPartial = Error(
        PropertyNotPartialId, "An annotated property is not partial", "The property '{0}' has [{1}] but is not partial, so its layer cannot be wrapped");

    /// <summary>{0} property, {1} what is wrong, {2} what is expected.</summary>
    public static readonly DiagnosticDescriptor PropertyForm = Error(
        PropertyFormId, "An annotated property cannot hold the layer", "The property '{0}' {1}; expected {2}");

    /// <summary>{0} argument, {1} attribute, {2} value, {3} what is expected.</summary>
    public static readonly DiagnosticDescriptor OutOfRange = Error(
        OutOfRangeId, "An argument of a method attribute is out of range", "'{0}' of [{1}] is {2}; expected {3}");

    /// <summary>{0} rank, {1} attribute, {2} layer as text, {3} largest rank.</summary>
    public static readonly DiagnosticDescriptor RankTooLarge = Error(
        "RP0008", "A rank is above the layer's size", "Rank {0} of [{1}] is above {3}, the smaller side of the weight of '{2}'");

    /// <summary>{0} attribute, {1} property, {2} found kind, {3} supported kinds.</summary>
    public static readonly DiagnosticDescriptor KindNotSupported = Error(
        "RP0009", "A method does not apply to this kind of layer", "[{0}] does not apply to '{1}', which holds {2}; it applies to: {3}");

    /// <summary>{0} attribute, {1} what is wrong.</summary>
    public static readonly DiagnosticDescriptor BrokenContract = Error(
        "RP0010", "A method class is missing or breaks the contract of its kind", "[{0}] cannot be used: {1}");

    /// <summary>{0} pattern, {1} attribute, {2} message.</summary>
    public static readonly DiagnosticDescriptor BadTargets = Error(
        "RP0012", "Targets is not a regular expression", "Targets \"{0}\" of [{1}] is not a regular expression: {2}");

    /// <summary>{0} property, {1} chain, {2} rule.</summary>
    public static readonly DiagnosticDescriptor IllegalComposition = Error(
        "RP0013", "The methods of a layer cannot be composed", "The methods of '{0}' ({1}) cannot be composed: {2}");

    /// <summary>{0} attribute, {1} class, {2} pattern.</summary>
    public static readonly DiagnosticDescriptor NoTarget = Warning(
        "RP0015", "Targets matches no layer", "Targets \"{2}\" of [{0}] matches no member of '{1}' that holds layers, and no layer's path, as a whole");

    /// <summary>{0} member, {1} state-dict name, {2} the other member.</summary>
    public static readonly DiagnosticDescriptor SameStateName = Error(
        "RP0016", "Two members have the same name in the state dict",
        "'{0}' and '{2}' are both '{1}' in the state dict, so only one of them would be trained, saved and loaded; rename one or give it a [ComponentName]");

    /// <summary>{0} attribute, {1} class or member, {2} what it holds.</summary>
    public static readonly DiagnosticDescriptor ReachesNothing = Warning(
        "RP0019", "A method reaches no layer", "[{0}] reaches no layer of '{1}', which holds {2}");

    /// <summary>{0} attribute, {1} member, {2} its type.</summary>
    public static readonly DiagnosticDescriptor CannotHold = Warning(
        CannotHoldId, "A member cannot hold the layer that trains",
        "[{0}] does not reach '{1}': its type '{2}' cannot hold the layer that trains; declare it Module<Tensor, Tensor>");

    /// <summary>{0} attribute.</summary>
    public static readonly DiagnosticDescriptor InputMapNotShipped = Warning(
        "RP0018", "An input map acts in evaluation, and the run-time class is without it",
        "[{0}] maps the layer's input in evaluation too, and the run-time class runs the layer without it; give its 'Map' a parameter 'bool training' "
            + "and return x where that is false");

    /// <summary>{0} variable that holds the model, {1} attribute, {2} call, {3} where it belongs.</summary>
    public static readonly DiagnosticDescriptor MissingStepCall = Warning(
        MissingStepCallId, "A training loop does not make a call that a method needs", "[{1}] in the model '{0}' needs {2}, {3}; this file never calls it");

    /// <summary>{0} member, {1} why.</summary>
    public static readonly DiagnosticDescriptor NotRegistered = Warning(
        "RP0041", "A layer is not registered", "'{0}' is not registered, because {1}: its weights are neither trained, saved nor loaded");

    private static DiagnosticDescriptor Error(string id, string title, string message) => Make(id, title, message, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string id, string title, string message) => Make(id, title, message, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Make(string id, string title, string message, DiagnosticSeverity severity) => new(
        id, title, message, "Reparam.Annotations", severity, isEnabledByDefault: true, helpLinkUri: HelpLinks.Of(id));
}
