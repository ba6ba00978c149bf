using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Conformance.Tests.Models;

/// <summary>A small layer of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Source">How a model's constructor makes it.</param>
/// <param name="Plain">Makes the same layer without methods; with one seed, with the same weight.</param>
/// <param name="Input">An input.</param>
internal sealed record LayerSample(LayerKinds Kind, string Source, Func<Module<Tensor, Tensor>> Plain, Func<Tensor> Input)
{
    /// <summary>One of each kind.</summary>
    public static IReadOnlyList<LayerSample> All { get; } =
    [
        new(LayerKinds.Linear, "Linear(12, 8)", () => Linear(12, 8), () => randn(5, 12)),
        new(LayerKinds.Conv1d, "Conv1d(4, 6, 3, padding: 1)", () => Conv1d(4, 6, 3, padding: 1), () => randn(2, 4, 9)),
        new(LayerKinds.Conv2d, "Conv2d(4, 6, 3, stride: 2, padding: 1)", () => Conv2d(4, 6, 3, stride: 2, padding: 1), () => randn(2, 4, 7, 6)),
        new(LayerKinds.Embedding, "Embedding(11, 8)", () => Embedding(11, 8), () => tensor(new[,] { { 0L, 10, 3 }, { 3, 1, 1 } })),
    ];

    /// <summary>The sample of a kind.</summary>
    public static LayerSample Of(LayerKinds kind) => All.Single(sample => sample.Kind == kind);
}
