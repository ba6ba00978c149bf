namespace Reparam.Generators.Tests.Structures;

/// <summary>A method of the kind structure, a block, its folded class and a model of both.</summary>
internal static class StructureSources
{
    public static string Net() => """
        using Reparam.Compression.Structures;
        using Reparam.Training;
        namespace Tests;

        [ReparamMethod("Tests.HalvedFold")]
        public sealed class HalvedAttribute([ReparamRange(1, 4)] int times) : StructureAttribute { public int Times { get; } = times; public string Note { get; set; } = ""; }

        [ReparamMethod("Tests.HalvedFold")]
        public sealed class OtherAttribute : StructureAttribute;

        public sealed class HalvedFold : StructureMethod
        {
            public override System.Type OptionsType => typeof(HalvedAttribute);
            public override bool IsUnfolded(BlockState block) => block.Contains("twice.weight");
            public override IReadOnlyList<FoldedTensor> Fold(BlockState block, StructureAttribute options)
            {
                var (rows, columns) = block.Matrix("twice.weight");
                return [new FoldedTensor("once.weight", "twice.weight", [rows, columns], () => [.. block.Read("twice.weight", rows, columns).Select(w => w * ((HalvedAttribute)options).Times)])];
            }
        }

        [ReparamModule, Halved(2)] public sealed partial class Block : StructureBlock<Folded>
        {
            public Block(long width) : base(nameof(Block), () => new Folded(width)) { Twice = Linear(width, width, hasBias: false); RegisterComponents(); }
            public partial Module<Tensor, Tensor> Twice { get; private set; }
            public double Slope => 2;
            public double Both => 1;
            protected override Tensor ForwardUnfolded(Tensor input) => Twice.call(input) * Slope;
        }

        [ReparamModule] public sealed partial class Folded : Module<Tensor, Tensor>
        {
            public Folded(long width) : base(nameof(Folded)) { Once = Linear(width, width, hasBias: false); RegisterComponents(); }
            [ShiftAdd(3)] public partial Module<Tensor, Tensor> Once { get; private set; }
            public double Both => 1;
            public override Tensor forward(Tensor x) => Once.call(x);
        }

        [ReparamModel] public sealed partial class Net : Module<Tensor, Tensor>
        {
            public Net(long width) : base(nameof(Net)) { Typed = new Block(width); Made = new Block(width: width); RegisterComponents(); }
            public partial Block Typed { get; private set; }
            public partial Module<Tensor, Tensor> Made { get; private set; }
            public override Tensor forward(Tensor x) => Made.call(Typed.call(x));
        }
        """;
}
