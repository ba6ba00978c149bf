using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers.Contents;

/// <summary>
/// What modules a place can hold, as far as the source shows it: the place itself may be one of several layers or blocks, and below it lie named parts.
/// Never leaves a transform or an analyzer.
/// </summary>
internal sealed class ModuleContent
{
    /// <summary>Name of the parts of a list or a Sequential that stand for all indices.</summary>
    public const string Index = "*";

    /// <summary>Name of the parts whose names the source does not tell.</summary>
    public const string AnyName = "?";

    private readonly List<string> order = [];
    private readonly Dictionary<string, ModuleContent> parts = [];

    /// <summary>Kinds of plain layers that the place may hold, each once, in the order of the source.</summary>
    public List<LayerKind> Kinds { get; } = [];

    /// <summary>Kinds of layers that the class of the place is by its own code, with the weight among its own parameters.</summary>
    public List<LayerKind> OwnKinds { get; } = [];

    /// <summary>Module classes with source that the place may hold, each once, in the order of the source.</summary>
    public List<INamedTypeSymbol> Classes { get; } = [];

    /// <summary>Other modules of TorchSharp that the place may hold, each class once, in the order of the source.</summary>
    public List<INamedTypeSymbol> Others { get; } = [];

    /// <summary>True if anything may be here, or below.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>True for a list, a dictionary or a Sequential, empty or not.</summary>
    public bool IsContainer { get; set; }

    /// <summary>True if it may be a list or a dictionary, whose elements are called one by one.</summary>
    public bool IsList { get; set; }

    /// <summary>Batch norms among the parts, where the place may be a Sequential.</summary>
    public List<BatchNormPlace> BatchNorms { get; } = [];

    /// <summary>The parts, in the order in which they were found.</summary>
    public IEnumerable<(string Name, ModuleContent Content)> Parts => order.Select(name => (name, parts[name]));

    /// <summary>True if nothing was found, not even that it is unknown.</summary>
    public bool IsEmpty => Kinds.Count == 0 && OwnKinds.Count == 0 && Classes.Count == 0 && Others.Count == 0 && order.Count == 0 && !IsUnknown;

    /// <summary>A place of which nothing is known.</summary>
    public static ModuleContent Unknown() => new() { IsUnknown = true };

    /// <summary>The part of a name, made where it is not there.</summary>
    /// <param name="name">A name of the state dict, <see cref="Index"/> or <see cref="AnyName"/>.</param>
    public ModuleContent Part(string name)
    {
        if (!parts.TryGetValue(name, out var part))
        {
            parts[name] = part = new ModuleContent();
            order.Add(name);
        }

        return part;
    }

    /// <summary>Takes in what another object at the same place may be.</summary>
    /// <param name="other">What it may be.</param>
    /// <returns>This content.</returns>
    public ModuleContent Or(ModuleContent other)
    {
        if (ReferenceEquals(this, other))
        {
            return this;
        }

        Kinds.AddRange(other.Kinds.Where(kind => !Kinds.Contains(kind)).ToArray());
        OwnKinds.AddRange(other.OwnKinds.Where(kind => !OwnKinds.Contains(kind)).ToArray());
        Add(Classes, other.Classes);
        Add(Others, other.Others);
        IsUnknown |= other.IsUnknown;
        IsContainer |= other.IsContainer;
        IsList |= other.IsList;
        BatchNorms.AddRange(other.BatchNorms.Where(found => !BatchNorms.Contains(found)).ToArray());
        foreach (var (name, part) in other.Parts.ToArray())
        {
            Part(name).Or(part);
        }

        return this;
    }

    private static void Add(List<INamedTypeSymbol> to, List<INamedTypeSymbol> from) =>
        to.AddRange(from.Where(type => !to.Any(known => SymbolEqualityComparer.Default.Equals(known, type))).ToArray());
}
