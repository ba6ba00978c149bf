using System.Text.RegularExpressions;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Which plain layers of a module are replaced, and by what. Emitted code makes it from the annotations.</summary>
/// <param name="names">Names of the module's children in the state dict, below which the layers lie; <c>*</c> or <c>?</c> stands for any child.</param>
/// <param name="wrap">Makes the emitted layer from a name for messages and a plain layer; null for a layer that stays as it is.</param>
/// <param name="targets">Regular expression that the layer's path below the module must match as a whole; null takes all.</param>
public sealed class PlainLayerRule(IReadOnlyList<string> names, Func<string, Module, ReparamLayer?> wrap, string? targets = null)
{
    private readonly Regex? pattern = targets is null ? null : new Regex($"^(?:{targets})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>The layer that takes a plain layer's place; null where the rule does not concern it.</summary>
    /// <param name="owner">Name of the module's class.</param>
    /// <param name="path">Path below the module.</param>
    /// <param name="plain">The plain layer.</param>
    internal ReparamLayer? Wrap(string owner, string path, Module plain) =>
        Concerns(path.Split('.')[0]) && pattern?.IsMatch(path) != false ? wrap($"{owner}.{path}", plain) : null;

    /// <summary>True if layers below a child may be concerned.</summary>
    /// <param name="child">Name of the child.</param>
    internal bool Concerns(string child) => names.Any(name => name is "*" or "?" || name == child);
}
