using System.Collections.Generic;
using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers.Models;

/// <summary>An emitted layer class: a chain of methods on a kind of layer. The methods' numbers are constructor arguments and no part of it.</summary>
/// <param name="Namespace">Namespace of the emitted layers: under a root of its own, because the assembly's name may also be that of a type.</param>
/// <param name="Kind">Kind of the plain layer.</param>
/// <param name="Methods">Maps from the stored latent on, then the side path, then step rules.</param>
internal sealed record LayerModel(string Namespace, LayerKind Kind, EquatableArray<MethodModel> Methods)
{
    /// <summary>Name of the class: <c>CompandLoRALinear</c>.</summary>
    public string Name => string.Concat(Methods.Select(m => m.Name)) + Kind;

    /// <summary>The class as emitted code writes it.</summary>
    public string Qualified => $"global::{Namespace}.{Name}";

    /// <summary>The weight maps, from the stored latent on.</summary>
    public IEnumerable<MethodModel> Maps => Methods.Where(m => m.Kind == ReparamKind.WeightMap);

    /// <summary>The side path; null if there is none.</summary>
    public MethodModel? Path => Methods.FirstOrDefault(m => m.Kind == ReparamKind.SidePath);

    /// <summary>The step rules.</summary>
    public IEnumerable<MethodModel> Rules => Methods.Where(m => m.Kind == ReparamKind.StepRule);
}
