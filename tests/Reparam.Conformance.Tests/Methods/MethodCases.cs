namespace Reparam.Conformance.Tests.Methods;

/// <summary>
/// The suite's only list: how each method is written, in the order of names. A method's first line stands in pairs with others; further lines are variants that
/// change what a layer computes or keeps.
/// </summary>
internal static class MethodCases
{
    public static IReadOnlyList<MethodCase> All { get; } =
    [
        new("AdaLoRA", "2, 1", "TotalSteps = 40"),
        new("Compand"),
        new("Compand", Named: "PerChannel = true, Kind = Compander.Softsign"),
        new("LoRA", "2"),
        new("LoRA", "2", "Init = LoraInit.PiSSA, Scale = LoraScale.RankStabilized"),
        new("LoRA", "2", "Magnitude = true") { HasExactGradient = false },
        new("ShiftAdd", "3"),
        new("ShiftAdd", "2", "Layout = ShiftAddLayout.Row, GroupSize = 32"),
        new("ShiftAdd", "3", "Layout = ShiftAddLayout.Row, ScaleTerms = 2"),
        new("ShiftAdd", "2", "Layout = ShiftAddLayout.Column"),
        new("ShiftAdd", "3", "Layout = ShiftAddLayout.Block8, GroupSize = 16"),
        new("ShiftAdd", "3", "Layout = ShiftAddLayout.Codebook"),
        new("SigmaReparam"),
        new("Uniform", "4"),
        new("Uniform", "3", "GroupSize = 16, Symmetric = true"),
        new("Uniform", "8", "GroupSize = 0, ClipSearch = true, ActOrder = true"),
        new("Uniform", "8", "GroupSize = 0, Activations = 8") { HasExactGradient = false },
        new("Uniform", "4", "GroupSize = 16, Activations = 8, ActivationsPerChannel = true") { HasExactGradient = false },
    ];

    /// <summary>The lines of a method, by its name.</summary>
    public static IEnumerable<MethodCase> Of(string name) => All.Where(line => line.Name == name);

    /// <summary>The first line of each method.</summary>
    public static IEnumerable<MethodCase> First => All.DistinctBy(line => line.Name);
}
