using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Structures.Tests;

/// <summary>Inputs and comparisons.</summary>
internal static class Outputs
{
    /// <summary>The same numbers at each call, of a size about 1.</summary>
    public static float[] Input(int count) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin((i * 0.7) + 0.3))];

    /// <summary>Output of a model for these inputs, in evaluation and without gradients.</summary>
    public static float[] Of(nn.Module<Tensor, Tensor> model, params long[] shape)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        model.eval();
        return model.call(tensor(Input((int)shape.Aggregate((a, b) => a * b)), shape).to(model.parameters().First().dtype)).to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }

    /// <summary>Output of a twin.</summary>
    public static float[] Of(Runtime.Module<Runtime.Tensor, Runtime.Tensor> twin, params long[] shape) =>
        twin.Call(Runtime.Torch.Tensor(Input((int)shape.Aggregate((a, b) => a * b)), shape)).Contiguous().ToArray<float>().ToArray();

    /// <summary>Largest difference as a part of the largest expected value.</summary>
    public static double Difference(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.Contains(expected, value => Math.Abs(value) > 1e-3);
        return expected.Zip(found, (e, f) => Math.Abs((double)e - f)).Max() / expected.Max(Math.Abs);
    }
}
