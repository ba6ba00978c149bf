using Reparam.Conformance.Tests.Methods;

namespace Reparam.Conformance.Tests.Structures;

/// <summary>A block with a structure's attribute, its folded class, and a model that holds the block as <c>Body</c>.</summary>
/// <param name="Line">How the attribute is written; the first line of a structure is also written with arguments that are out of their ranges.</param>
/// <param name="Classes">The classes <c>Body</c> and <c>FoldedBody</c>, with <c>{0}</c> for the attribute. Width of input and output is 8.</param>
internal sealed record StructureCase(MethodCase Line, string Classes)
{
    /// <summary>Width of the block's input and output.</summary>
    public const int Width = 8;

    /// <summary>Name of the case's namespace.</summary>
    public string Space => "Structure" + string.Concat(Line.ToString().Where(char.IsAsciiLetterOrDigit));

    /// <summary>The classes as a user writes them, in a file of the namespace's name.</summary>
    public (string File, string Text) Source => (Space, $$"""
        using Reparam;
        using Reparam.Training;
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace {{Space}};

        {{Classes.Replace("{0}", Line.ToString(), StringComparison.Ordinal)}}

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            public Net()
                : base("net")
            {
                Body = new Body(8);
                Head = Linear(8, 3);
                RegisterComponents();
            }

            public partial Body Body { get; private set; }

            public partial Module<Tensor, Tensor> Head { get; private set; }

            public override Tensor forward(Tensor x) => Head.call(Body.call(x));
        }
        """);

    public override string ToString() => Line.ToString();
}
