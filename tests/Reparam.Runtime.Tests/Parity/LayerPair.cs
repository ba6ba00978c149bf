using Reparam.Runtime;
using TorchSharp;
using TorchModule = TorchSharp.torch.nn.Module;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>A layer of TorchSharp and ours with the same weights: every weight and buffer of the one must be there in the other, by name and shape.</summary>
internal static class LayerPair
{
    /// <summary>Gives our layer the weights of TorchSharp's, drawn anew, and TorchSharp's evaluation mode.</summary>
    public static void Share(TorchModule theirs, Module ours, int seed = 1)
    {
        using var noGradient = torch.no_grad();
        theirs.eval();
        var components = new Components();
        ours.Accept(components);
        var state = theirs.state_dict();
        Assert.Equal(
            state.Keys.Where(name => !components.NotNeeded.Contains(name)).Order(StringComparer.Ordinal), components.All.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, target) in components.All)
        {
            var source = state[name];
            Assert.Equal(source.shape, target.Shape.ToArray());
            if (source.dtype == torch.float32)
            {
                var values = Pair.FloatValues((int)source.numel(), seed++, ugly: false, 0.5);
                if (name.EndsWith("running_var", StringComparison.Ordinal))
                {
                    values = [.. values.Select(value => Math.Abs(value) + 0.1f)];
                }

                source.copy_(torch.tensor(values, source.shape));
                if (target is Parameter parameter)
                {
                    parameter.Fill(values);
                }
                else
                {
                    target.Copy_(Torch.Tensor(values, target.Shape));
                }
            }
        }
    }

    private sealed class Components : ComponentVisitor
    {
        public Dictionary<string, Tensor> All { get; } = [];

        public HashSet<string> NotNeeded { get; } = [];

        protected override void OnParameter(string name, Parameter parameter) => All.Add(name, parameter);

        protected override void OnBuffer(string name, Tensor buffer) => All.Add(name, buffer);

        protected override void OnUnused(string name) => NotNeeded.Add(name);
    }
}
