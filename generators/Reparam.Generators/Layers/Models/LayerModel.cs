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
    /// <summary>
    /// Name of the class: <c>CompandLoRALinear</c>. A method that is not of the namespace Reparam has its namespace in front, so that attributes of one
    /// short name do not share a class: <c>My_TanhLinear</c>.
    /// </summary>
    public string Name => string.Join(Methods.Any(m => !IsOwn(m)) ? "__" : "", Methods.Select(Part)) + Kind;

    /// <summary>The class as emitted code writes it.</summary>
    public string Qualified => $"global::{Namespace}.{Name}";

    /// <summary>The weight maps, from the stored latent on.</summary>
    public IEnumerable<MethodModel> Maps => Methods.Where(m => m.Kind == ReparamKind.WeightMap);

    /// <summary>The side path; null if there is none.</summary>
    public MethodModel? Path => Methods.FirstOrDefault(m => m.Kind == ReparamKind.SidePath);

    /// <summary>The method that maps the layer's input; null if there is none.</summary>
    public MethodModel? Input => Methods.FirstOrDefault(m => m.Input is not null);

    private static bool IsOwn(MethodModel method) =>
        method.FullName.StartsWith("Reparam.", System.StringComparison.Ordinal) && method.FullName.IndexOf('.', 8) < 0;

    private static string Part(MethodModel method)
    {
        if (IsOwn(method))
        {
            return method.Name;
        }

        var end = method.FullName.LastIndexOfAny(['.', '+']);
        return (end < 0 ? "Global" : method.FullName.Substring(0, end).Replace('.', '_').Replace('+', '_')) + "_" + method.Name;
    }

    /// <summary>The step rules.</summary>
    public IEnumerable<MethodModel> Rules => Methods.Where(m => m.Kind == ReparamKind.StepRule);
}
