using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>A tensor of the state dict in a manifest.</summary>
/// <param name="Path">State-dict name below the class; <c>*</c> stands for the indices of a list.</param>
/// <param name="IsBuffer">True for a tensor that is stored and not trained.</param>
/// <param name="IsRequired">True if every object of the class has it, for <c>*</c> every element.</param>
/// <param name="Shape">Its dimensions, −1 where the source does not tell one; null where it tells none.</param>
internal sealed record ManifestTensor(string Path, bool IsBuffer, bool IsRequired, EquatableArray<long>? Shape)
{
    /// <summary>The same tensor at a place that may be empty.</summary>
    public ManifestTensor Optional() => this with { IsRequired = false };

    /// <summary>What is true of both tensors, which may be at one place.</summary>
    /// <param name="other">A tensor of the same path.</param>
    public ManifestTensor Or(ManifestTensor other) => this with
    {
        IsBuffer = IsBuffer && other.IsBuffer,
        IsRequired = IsRequired && other.IsRequired,
        Shape = Common(Shape, other.Shape),
    };

    private static EquatableArray<long>? Common(EquatableArray<long>? left, EquatableArray<long>? right)
    {
        if (left is not { } a || right is not { } b || a.Count != b.Count)
        {
            return null;
        }

        var shape = new long[a.Count];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = a[i] == b[i] ? a[i] : -1;
        }

        return shape.ToEquatableArray();
    }
}
