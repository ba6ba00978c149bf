using System.Text.RegularExpressions;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Reparam.Zoo.Tests;

/// <summary>An input of a model.</summary>
/// <param name="Torch">The tensor of TorchSharp.</param>
/// <param name="Twin">The same for the twin.</param>
internal sealed record ZooInput(TorchTensor Torch, Reparam.Runtime.Tensor Twin);

/// <summary>Makes inputs from their description.</summary>
internal static partial class ZooInputs
{
    /// <summary>The inputs that a line of a model names.</summary>
    /// <param name="line">Such as <c>randn(2, 8), ints(10, 2, 4)</c>.</param>
    public static ZooInput[] Of(string line) => [.. Input().Matches(line).Select(m => Make(m.Groups[1].Value, m.Groups[2].Value))];

    private static ZooInput Make(string kind, string arguments)
    {
        long[] numbers = [.. arguments.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        switch (kind)
        {
            case "randn":
                var normal = TorchSharp.torch.randn(numbers);
                return new ZooInput(normal, Reparam.Runtime.Torch.Tensor(normal.data<float>().ToArray(), numbers));
            case "rand":
                var uniform = TorchSharp.torch.rand(numbers);
                return new ZooInput(uniform, Reparam.Runtime.Torch.Tensor(uniform.data<float>().ToArray(), numbers));
            case "zeros":
                return new ZooInput(TorchSharp.torch.zeros(numbers), Reparam.Runtime.Torch.Zeros(numbers));
            case "ints":
                var integers = TorchSharp.torch.randint(0, numbers[0], numbers[1..]);
                return new ZooInput(integers, Reparam.Runtime.Torch.Tensor(integers.data<long>().ToArray(), numbers[1..]));
            default:
                throw new ArgumentException($"inputs of kind '{kind}'; expected randn, rand, zeros or ints");
        }
    }

    [GeneratedRegex(@"(\w+)\(([^)]*)\)")]
    private static partial Regex Input();
}
