using Reparam.Generators.Tests.Harness;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Generators.Tests.Layers;

public class Layers_Runtime
{
    private const string Block = """
        namespace Tests;

        [ReparamModule]
        public sealed partial class Block : Module<Tensor, Tensor>
        {
            [Compand] public partial Module<Tensor, Tensor> Query { get; private set; }
            public partial Module<Tensor, Tensor> Plain { get; private set; }
            [Compand(A = 2f, PerChannel = true)] public partial ModuleList<Module<Tensor, Tensor>> Heads { get; private set; }

            public Block() : base(nameof(Block))
            {
                Query = Linear(6, 5);
                Plain = Linear(5, 4, hasBias: false);
                Heads = ModuleList<Module<Tensor, Tensor>>(Linear(4, 4), Linear(4, 4));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var y = Plain.call(Query.call(x));
                foreach (var head in Heads)
                {
                    y = head.call(y);
                }

                return y;
            }
        }
        """;

    [Fact]
    public void Names_in_the_state_dict_are_those_of_the_plain_model_and_reparam()
    {
        var block = Create(Block, "Tests.Block");
        Assert.Equal(
            [
                "heads.0.bias", "heads.0.reparam.compand.a", "heads.0.reparam.compand.b", "heads.0.weight",
                "heads.1.bias", "heads.1.reparam.compand.a", "heads.1.reparam.compand.b", "heads.1.weight",
                "plain.weight", "query.bias", "query.reparam.compand.a", "query.reparam.compand.b", "query.weight",
            ],
            block.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    internal static torch.nn.Module<Tensor, Tensor> Create(string source, string type, params object[] arguments) =>
        (torch.nn.Module<Tensor, Tensor>)Activator.CreateInstance(GeneratorRun.Of(source).Load().GetType(type)!, arguments)!;
}
