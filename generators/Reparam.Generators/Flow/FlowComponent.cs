using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;

namespace Reparam.Generators.Flow;

/// <summary>A module that a forward calls. Never leaves a transform or an analyzer.</summary>
/// <param name="path">State-dict path below the class; <c>*</c> stands for the indices of a list.</param>
/// <param name="type">Its class; null if it cannot be seen.</param>
/// <param name="made">The calls that make it, as far as they can be seen.</param>
internal sealed class FlowComponent(string path, ITypeSymbol? type, IReadOnlyList<IOperation> made)
{
    private const string Modules = "TorchSharp.Modules.";

    private static readonly HashSet<string> PassThroughs = new(
        new[] { "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "Identity" }.Select(name => Modules + name));

    private static readonly HashSet<string> Activations = new(
        new[]
        {
            "ReLU", "ReLU6", "SiLU", "GELU", "Sigmoid", "Tanh", "ELU", "LeakyReLU", "Mish", "Softplus", "Hardswish", "Hardsigmoid", "CELU", "SELU",
        }.Select(name => Modules + name));

    private readonly string name = type?.MetadataFullName() ?? "";

    public string Path => path;

    public ITypeSymbol? Type => type;

    /// <summary>The list's element; null for what is no list.</summary>
    public FlowComponent? Element { get; set; }

    /// <summary>The modules of a Sequential, in order; null if it is none or cannot be seen.</summary>
    public IReadOnlyList<FlowComponent>? Chain { get; set; }

    /// <summary>Why its flow cannot be told; null if it can.</summary>
    public string? Unclear { get; private set; }

    /// <summary>The calls, by place.</summary>
    public Dictionary<string, FlowSource> Calls { get; } = [];

    /// <summary>True for a class that has a manifest, so that its ports have names.</summary>
    public bool IsMarked { get; init; }

    /// <summary>True for what gives its input back at run time.</summary>
    public bool IsPassThrough => PassThroughs.Contains(name);

    /// <summary>Name of its activation as a function; null if it is none.</summary>
    public string? Activation => Activations.Contains(name) ? name.Substring(Modules.Length).ToLowerInvariant() : null;

    public bool IsBatchNorm => name is Modules + "BatchNorm1d" or Modules + "BatchNorm2d";

    /// <summary>True for the layers that a batch norm can be folded into.</summary>
    public bool HasOutputRows => name is MetadataNames.Linear or MetadataNames.Conv1d or MetadataNames.Conv2d;

    /// <summary>What a batch norm adds to the variance; null if it is no constant.</summary>
    public double? Eps => made.Select(EpsOf).Distinct().ToArray() is { Length: 1 } same ? same[0] : null;

    /// <summary>The port that an argument enters.</summary>
    /// <param name="parameter">Name of forward's parameter.</param>
    public string Port(string parameter) => IsMarked ? $"{path}:{parameter}" : path;

    /// <summary>True if what is inside may be used by others than the module itself.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Records why the flow cannot be told; the first reason stays.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="opens">False if it concerns only how the module as a whole is called.</param>
    public void Doubt(string reason, bool opens = true)
    {
        Unclear ??= reason;
        IsOpen |= opens;
        Element?.Doubt(reason, opens);
        foreach (var module in Chain ?? [])
        {
            module.Doubt(reason, opens);
        }
    }

    /// <summary>This module and those inside it, as far as they can be seen.</summary>
    public IEnumerable<FlowComponent> WithParts() =>
        (Chain ?? []).Concat(Element is null ? [] : [Element]).SelectMany(part => part.WithParts()).Prepend(this);

    private static double? EpsOf(IOperation call) => (call switch
    {
        IInvocationOperation invocation => invocation.Arguments,
        IObjectCreationOperation creation => creation.Arguments,
        _ => [],
    }).FirstOrDefault(a => a.Parameter?.Name == "eps")?.Value.ConstantValue is { HasValue: true, Value: double eps } ? eps : null;
}
