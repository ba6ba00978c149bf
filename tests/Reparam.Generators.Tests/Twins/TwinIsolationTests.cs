using System.Reflection;
using System.Runtime.Loader;
using Reparam.Generators.Tests.Harness;
using Reparam.Runtime;

namespace Reparam.Generators.Tests.Twins;

/// <summary>Who uses twins alone needs no TorchSharp.</summary>
public class TwinIsolationTests
{
    private const string Source = """
        namespace Tests;

        public sealed record Sizes(int Width);

        [ReparamModule]
        public sealed partial class Memory
        {
            public Tensor? Last { get; set; }
        }

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            public const float Shift = 0.5f;
            private static readonly List<int> Steps = [1, 2];
            private readonly Memory memory = new();

            public Net(Sizes sizes) : base(nameof(Net))
            {
                Gain = Parameter(ones(sizes.Width));
                RegisterComponents();
            }

            public partial Parameter Gain { get; private set; }

            public override Tensor forward(Tensor x)
            {
                foreach (var step in Steps)
                {
                    x = x * Gain + step + Shift;
                }

                memory.Last = x;
                return x;
            }
        }
        """;

    [Fact]
    public void A_twin_runs_where_TorchSharp_cannot_be_loaded()
    {
        using var image = new MemoryStream();
        Assert.True(GeneratorRun.Of(Source).AssertCompiles().Output.Emit(image).Success);
        image.Position = 0;
        var context = new WithoutTorchSharp();
        var models = context.LoadFromStream(image);
        var sizes = Activator.CreateInstance(models.GetType("Tests.Sizes")!, 3)!;
        var net = (Module<Tensor, Tensor>)Activator.CreateInstance(models.GetType("Tests.NetRuntime")!, sizes)!;

        Assert.Equal([6f, 8f, 10f], net.Call(Torch.Tensor([2f, 4f, 6f]) + 0).ToArray<float>());
        Assert.Empty(context.Refused);
        Assert.ThrowsAny<Exception>(() => Activator.CreateInstance(models.GetType("Tests.Net")!, sizes));
        Assert.NotEmpty(context.Refused);
    }

    private sealed class WithoutTorchSharp() : AssemblyLoadContext("app", isCollectible: true)
    {
        public List<string> Refused { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name is not ("TorchSharp" or "Reparam.Training"))
            {
                return null;
            }

            Refused.Add(assemblyName.Name);
            throw new FileNotFoundException($"{assemblyName.Name} is not here.");
        }
    }
}
