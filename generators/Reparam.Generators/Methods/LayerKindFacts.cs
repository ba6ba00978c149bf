using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Methods;

/// <summary>Facts about <see cref="LayerKind"/>s.</summary>
internal static class LayerKindFacts
{
    /// <summary>The kind of layer that a type is; null if it is none.</summary>
    public static LayerKind? Of(ITypeSymbol? type) => type?.MetadataFullName() switch
    {
        MetadataNames.Linear => LayerKind.Linear,
        MetadataNames.Conv1d => LayerKind.Conv1d,
        MetadataNames.Conv2d => LayerKind.Conv2d,
        MetadataNames.Embedding => LayerKind.Embedding,
        _ => null,
    };

    /// <summary>The plain layer's type as emitted code writes it.</summary>
    public static string PlainType(this LayerKind kind) => $"global::TorchSharp.Modules.{kind}";

    /// <summary>The emitted layer's base class.</summary>
    public static string BaseType(this LayerKind kind) => $"global::Reparam.Training.Reparam{kind}";

    /// <summary>Shape of the weight, for comments.</summary>
    public static string WeightShape(this LayerKind kind) => kind switch
    {
        LayerKind.Linear => "[out, in]",
        LayerKind.Conv1d => "[out, in/groups, k]",
        LayerKind.Conv2d => "[out, in/groups, kh, kw]",
        _ => "[rows, width]",
    };

    /// <summary>What the layer is, with its article, for summaries.</summary>
    public static string Noun(this LayerKind kind) => kind switch
    {
        LayerKind.Linear => "A linear layer",
        LayerKind.Conv1d => "A one-dimensional convolution",
        LayerKind.Conv2d => "A two-dimensional convolution",
        _ => "An embedding",
    };

    /// <summary>The kinds in a <c>Reparam.LayerKinds</c> value, for messages.</summary>
    public static string Describe(int layers)
    {
        var names = new List<string>();
        foreach (LayerKind kind in System.Enum.GetValues(typeof(LayerKind)))
        {
            if ((layers & (int)kind) != 0)
            {
                names.Add(kind.ToString());
            }
        }

        return names.Count == 0 ? "no layer" : string.Join(", ", names);
    }
}
