using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Manifests;

/// <summary>
/// The layers and children of a marked class, wherever they live: each with its path, or with a pattern where the source does not tell the index or the key.
/// Classes without a manifest of their own lie open in it. Where not even a pattern can be told, the method reaches all that the checkpoint has there.
/// </summary>
internal sealed class LayerPlaces
{
    // Blocks within blocks without manifests; a deeper one is taken as unknown.
    private const int MaxDepth = 16;

    private readonly MarkedClass marked;
    private readonly ContentReader reader;
    private readonly HashSet<string> sureChildren;

    /// <summary>A reader of one class.</summary>
    /// <param name="marked">A class that takes part.</param>
    /// <param name="reader">Reads what it holds.</param>
    /// <param name="sureChildren">Paths at which every object has a child of one class.</param>
    public LayerPlaces(MarkedClass marked, ContentReader reader, HashSet<string> sureChildren)
    {
        this.marked = marked;
        this.reader = reader;
        this.sureChildren = sureChildren;
        foreach (var place in reader.PlacesOf(marked.Symbol))
        {
            Read(new Place(this, place), place.Name, place.Content, 0);
        }
    }

    /// <summary>Every layer.</summary>
    public List<ManifestLayer> Layers { get; } = [];

    /// <summary>What methods reach that is not listed.</summary>
    public List<ManifestBelow> Below { get; } = [];

    /// <summary>Every layer with weights that no method codes.</summary>
    public List<ManifestOther> Others { get; } = [];

    /// <summary>Every child with a manifest of its own.</summary>
    public List<ManifestChild> Children { get; } = [];

    /// <summary>Batch norms that stand behind a layer in a Sequential of the class itself.</summary>
    public List<BatchNormPlace> BatchNorms { get; } = [];

    private void Read(Place place, string path, ModuleContent content, int depth)
    {
        // What a class without a manifest does with its own members is not told.
        if (depth == 0 && !content.IsUnknown && !content.IsList)
        {
            BatchNorms.AddRange(content.BatchNorms.Select(found => found.Below(path)));
        }

        var isSome = content.Kinds.Count > 1 || content.Classes.Count > 0 || content.IsUnknown || content.IsContainer || content.Others.Any(HasWeights);
        foreach (var kind in content.Kinds)
        {
            AddLayer(place, path, kind, isSome);
        }

        foreach (var kind in content.OwnKinds)
        {
            AddLayer(place, path, kind, isSome: false);
        }

        foreach (var other in content.Others.Where(HasOwnWeights))
        {
            Others.Add(new ManifestOther(path, other.Name));
        }

        var isUnknown = content.IsUnknown;
        foreach (var type in content.Classes)
        {
            if (marked.Compilation.HasManifest(type))
            {
                var isSure = content.Classes.Count == 1 && sureChildren.Contains(path);
                Children.Add(new ManifestChild(path, type.MetadataFullName(), isSure));

                // A class without a mark has the methods of those that reach it.
                isUnknown |= !type.IsMarked();
            }
            else if (type.DeclaringSyntaxReferences.Length > 0 && depth < MaxDepth)
            {
                var inside = reader.InsideOf(type);
                foreach (var kind in inside.OwnKinds)
                {
                    AddLayer(place, path, kind, isSome: true);
                }

                ReadParts(place, path, inside, depth + 1);
                isUnknown |= inside.IsUnknown;
            }
            else
            {
                isUnknown = true;
            }
        }

        if (isUnknown)
        {
            AddBelow(place, path);
        }

        ReadParts(place, path, content, depth);
    }

    private void ReadParts(Place place, string path, ModuleContent content, int depth)
    {
        foreach (var (name, part) in content.Parts)
        {
            Read(place, path.Length == 0 ? name : $"{path}.{name}", part, depth);
        }
    }

    private void AddLayer(Place place, string path, LayerKind kind, bool isSome)
    {
        // A pattern stands for several paths, of which the targets may take some.
        if (IsPattern(path) && place.Conditional(path).Any())
        {
            Layers.Add(new ManifestLayer(path, Name(kind), null, EquatableArray<ManifestOption>.Empty, IsSome: isSome));
            AddBelow(place, path);
            return;
        }

        var layer = new ManifestLayer(path, Name(kind), null, EquatableArray<ManifestOption>.Empty, IsSome: isSome);
        foreach (var use in place.Uses(path))
        {
            var contract = MethodContract.Read(use.Class, marked.Compilation);
            if (contract.Problem is null && (contract.Layers & (int)kind) != 0)
            {
                var options = ManifestParser.Options(use).ToEquatableArray();
                layer = layer.Method is null && use.Kind == ReparamKind.PostTraining ? layer with { Method = contract.Method, Options = options } : layer;
                layer = layer with { Input = layer.Input ?? ManifestInputMap.Of(contract.ModelOf(use, kind), options) };
            }
        }

        Layers.Add(layer.Method is null ? layer with { Why = place.WhyNot(path) } : layer);
    }

    private void AddBelow(Place place, string path)
    {
        foreach (var use in place.Uses(path).Where(use => use.Kind == ReparamKind.PostTraining))
        {
            AddBelow(path, use, targets: null);
        }

        foreach (var use in place.Conditional(path).Where(use => use.Kind == ReparamKind.PostTraining))
        {
            AddBelow(path, use, use.Targets);
        }
    }

    private void AddBelow(string path, MethodUse use, string? targets)
    {
        var contract = MethodContract.Read(use.Class, marked.Compilation);
        if (contract.Problem is not null || Below.Any(b => b.Path == path && b.Method == contract.Method && b.Targets == targets))
        {
            return;
        }

        var kinds = ((LayerKind[])Enum.GetValues(typeof(LayerKind))).Where(kind => (contract.Layers & (int)kind) != 0).ToArray();
        var options = ManifestParser.Options(use).ToEquatableArray();
        var input = kinds.Select(kind => ManifestInputMap.Of(contract.ModelOf(use, kind), options)).FirstOrDefault(map => map is not null);
        Below.Add(new ManifestBelow(path, kinds.Select(Name).ToEquatableArray(), contract.Method, options, input, targets));
    }

    private static string Name(LayerKind kind) => kind.ToString().ToLowerInvariant();

    private static bool IsPattern(string path) => path.Split('.').Any(part => part is ModuleContent.Index or ModuleContent.AnyName);

    private static bool HasWeights(INamedTypeSymbol type) => !PlainLayerTensors.IsWithoutTensors(type);

    // Norms are small and stay as they are: nobody asks why.
    private static bool HasOwnWeights(INamedTypeSymbol type) => HasWeights(type) && !type.Name.Contains("Norm");

    /// <summary>A child of the class, and the methods that it is given.</summary>
    private sealed class Place(LayerPlaces places, ContentPlace place)
    {
        // The layers of a base that is not marked are the derived class's.
        private readonly bool isMarked = places.marked.Symbol.IsMarked();
        private readonly INamedTypeSymbol type = place.Owner.IsMarked() ? place.Owner : places.marked.Symbol;

        /// <summary>The methods of a path at or below the child.</summary>
        public IEnumerable<MethodUse> Uses(string path) => MethodUse.Of(
            place.Member, type, places.marked.Compilation.Assembly, use => isMarked && (IsOfMember(use) || use.Matches(path)));

        /// <summary>The methods of wider scope whose targets may take some paths that a pattern stands for.</summary>
        public IEnumerable<MethodUse> Conditional(string path) => MethodUse.Of(
            place.Member, type, places.marked.Compilation.Assembly, use => isMarked && use.Targets is not null && !IsOfMember(use) && !use.Matches(path))
            .Where(use => use.Scope != MethodScope.Property);

        /// <summary>Why a layer has no post-training method though one is near; null where none is.</summary>
        public string? WhyNot(string path)
        {
            if (Uses(path).Any(use => use.Kind == ReparamKind.PostTraining))
            {
                return "kind";
            }

            var near = (place.Member is null ? [] : MethodUse.From(place.Member, MethodScope.Property))
                .Concat(isMarked ? MethodUse.From(type, MethodScope.Class) : [])
                .Concat(isMarked ? MethodUse.From(places.marked.Compilation.Assembly, MethodScope.Assembly) : [])
                .Where(use => use.Kind == ReparamKind.PostTraining).ToArray();
            return near.Length == 0 ? null : near.Any(use => use.Ignore && (IsOfMember(use) || use.Matches(path))) ? "ignored" : "targets";
        }

        private bool IsOfMember(MethodUse use) =>
            use.Targets is null || use.Matches(place.Name) || (place.Member is not null && use.Matches(place.Member.Name));
    }
}
