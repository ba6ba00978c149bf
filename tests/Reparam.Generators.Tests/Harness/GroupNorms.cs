using TorchSharp.Modules;
using TorchModule = TorchSharp.torch.nn.Module;

namespace Reparam.Generators.Tests.Harness;

/// <summary>TorchSharp leaves the weight and bias of a new <c>GroupNorm</c> as the memory was that it got.</summary>
internal static class GroupNorms
{
    /// <summary>Gives those of a model ones and zeros.</summary>
    public static void Initialise(TorchModule model)
    {
        using var noGradient = TorchSharp.torch.no_grad();
        foreach (var norm in model.modules().OfType<GroupNorm>())
        {
            norm.weight?.fill_(1);
            norm.bias?.fill_(0);
        }
    }
}
