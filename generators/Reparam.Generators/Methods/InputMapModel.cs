using Reparam.Generators.Common;

namespace Reparam.Generators.Methods;

/// <summary>The input map of a method.</summary>
/// <param name="Type">The class of its members, qualified.</param>
/// <param name="When">Property of the attribute that switches it on; null where it is always on.</param>
/// <param name="Attach">Parameters of <c>Attach</c>; null if it keeps no state.</param>
/// <param name="Map">Parameters of <c>Map</c>.</param>
/// <param name="AfterStep">Parameters of <c>AfterStep</c>; null if there is none.</param>
/// <param name="LearningRate">Parameters of <c>LearningRate</c>; null if there is none.</param>
internal sealed record InputMapModel(
    string Type,
    string? When,
    EquatableArray<string>? Attach,
    EquatableArray<string> Map,
    EquatableArray<string>? AfterStep,
    EquatableArray<string>? LearningRate);
