using System.Collections.Immutable;
using Reparam.Conformance.Tests.Methods;

namespace Reparam.Conformance.Tests.Models;

/// <summary>A model of one layer with methods.</summary>
/// <param name="Methods">Its methods, in the order in which they are written.</param>
/// <param name="Layer">The layer.</param>
internal sealed record ModelCase(ImmutableArray<MethodCase> Methods, LayerSample Layer)
{
    /// <summary>Tells the case in results of tests.</summary>
    public string Id => $"{string.Join(" ", Methods.Select(method => $"[{method}]"))} on {Layer.Kind}";

    /// <summary>Name of its class.</summary>
    public required string ClassName { get; init; }

    /// <summary>Whether a path waits for <c>StartAdaptation()</c>.</summary>
    public bool IsDeferred => Methods.Any(method => method.Named.Contains("Deferred = true", StringComparison.Ordinal));

    /// <summary>The class as a user writes it, in a file of its name.</summary>
    public (string File, string Text) Source => (ClassName, $$"""
        using Reparam;
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        [ReparamModel]
        public sealed partial class {{ClassName}} : Module<Tensor, Tensor>
        {
            public {{ClassName}}()
                : base("{{ClassName}}")
            {
                Layer = {{Layer.Source}};
                RegisterComponents();
            }

            [{{string.Join(", ", Methods)}}]
            public partial Module<Tensor, Tensor> Layer { get; private set; }

            public override Tensor forward(Tensor x) => Layer.call(x);
        }

        """);

    /// <summary>The methods that wrap the layer.</summary>
    public IEnumerable<MethodCase> Wrapping => Methods.Where(method => Composition.Wraps(method, Layer.Kind));

    public override string ToString() => Id;
}
