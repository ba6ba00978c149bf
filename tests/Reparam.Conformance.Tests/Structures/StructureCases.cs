using Reparam.Conformance.Tests.Methods;

namespace Reparam.Conformance.Tests.Structures;

/// <summary>The suite's list of structures: how a block and its folded class are written.</summary>
internal static class StructureCases
{
    private const string Idle = """
        [ReparamModule, {0}]
        public sealed partial class Body : Reparam.Training.ChannelIdle.ChannelIdleBlock<FoldedBody>
        {
            public Body(long width)
                : base(nameof(Body), width, 16, () => new FoldedBody(width)) => RegisterComponents();
        }
        """;

    public static IReadOnlyList<StructureCase> All { get; } =
    [
        new(new("ChannelIdle", "0.5"), Idle + """

            [ReparamModule]
            public sealed partial class FoldedBody : Module<Tensor, Tensor>
            {
                public FoldedBody(long width)
                    : base(nameof(FoldedBody))
                {
                    Main = Linear(width, width);
                    Inner = Linear(width, 8);
                    Outer = Linear(8, width, hasBias: false);
                    RegisterComponents();
                }

                [ShiftAdd(3)]
                public partial Module<Tensor, Tensor> Main { get; private set; }

                public partial Module<Tensor, Tensor> Inner { get; private set; }

                public partial Module<Tensor, Tensor> Outer { get; private set; }

                public override Tensor forward(Tensor x) => Main.call(x) + Outer.call(functional.gelu(Inner.call(x)));
            }
            """),
        new(new("ChannelIdle", "1", "Norms = IdleNorms.Hidden"), Idle + """

            [ReparamModule]
            public sealed partial class FoldedBody : Module<Tensor, Tensor>
            {
                public FoldedBody(long width)
                    : base(nameof(FoldedBody))
                {
                    Main = Linear(width, width);
                    RegisterComponents();
                }

                public partial Module<Tensor, Tensor> Main { get; private set; }

                public override Tensor forward(Tensor x) => Main.call(x);
            }
            """),
    ];
}
