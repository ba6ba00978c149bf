using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Models;

/// <summary>Comparisons and small training runs.</summary>
internal static class Testing
{
    /// <summary>max |a − b|.</summary>
    public static double Distance(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(b.shape, a.shape);
        return a.numel() == 0 ? 0 : (a.detach().to(ScalarType.Float64) - b.detach().to(ScalarType.Float64)).abs().max().item<double>();
    }

    /// <summary>True if every bit is the same.</summary>
    public static bool Same(Tensor a, Tensor b) => a.dtype == b.dtype && a.shape.SequenceEqual(b.shape) && a.detach().eq(b.detach()).all().item<bool>();

    /// <summary>A copy of a state dict.</summary>
    public static Dictionary<string, Tensor> Snapshot(nn.Module module) =>
        module.state_dict().ToDictionary(e => e.Key, e => e.Value.detach().clone());

    /// <summary>The emitted layer behind a property.</summary>
    public static ReparamLayer Layer(nn.Module<Tensor, Tensor> property) => Assert.IsAssignableFrom<ReparamLayer>(property);

    /// <summary>Makes the layer start from a weight.</summary>
    public static ReparamLayer WithWeight(nn.Module<Tensor, Tensor> property, Tensor weight)
    {
        var layer = Layer(property);
        layer.AttachTo(weight);
        return layer;
    }

    /// <summary>Gradient steps on a regression task; gives the losses.</summary>
    public static double[] Train(nn.Module<Tensor, Tensor> model, Tensor x, Tensor target, int steps, double learningRate = 0.01, double decay = 0)
    {
        using var optimizer = optim.AdamW(model.ReparamParameterGroups(decay, learningRate).ForAdamW());
        var losses = new double[steps];
        model.train();
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(model.call(x), target);
            loss.backward();
            optimizer.step();
            model.AfterOptimizerStep();
            losses[i] = loss.item<float>();
        }

        return losses;
    }
}
