using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Reparam.Runtime;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Reparam.Zoo.Tests;

/// <summary>Calls models and compares what they give: tensors, and tuples, lists and arrays of them.</summary>
internal static class ZooOutputs
{
    /// <summary>Calls a forward with its first arguments; the others have their defaults.</summary>
    public static object Call(object module, string name, object[] inputs)
    {
        // With gradients: without them this libtorch takes other code for recurrent layers, whose results differ by more than rounding.
        var forward = module.GetType().GetMethods().First(m => m.Name == name && Takes(m, inputs));
        return forward.Invoke(module, [.. inputs, .. forward.GetParameters().Skip(inputs.Length).Select(p => p.DefaultValue)])!;
    }

    /// <summary>The first difference between two outputs; null if there is none.</summary>
    /// <param name="expected">What is right.</param>
    /// <param name="actual">What was computed.</param>
    /// <param name="tolerance">Largest difference, as a share of one plus the largest right value of the tensor.</param>
    public static string? Difference(object? expected, object? actual, double tolerance)
    {
        if (Elements(expected) is { } left)
        {
            var right = Elements(actual);
            return right is null || right.Length != left.Length
                ? $"{left.Length} outputs, {right?.Length.ToString(CultureInfo.InvariantCulture) ?? "one"} of the twin"
                : left.Zip(right, (e, a) => Difference(e, a, tolerance)).FirstOrDefault(difference => difference is not null);
        }

        if (Values(expected) is not var (shape, values) || Values(actual) is not var (otherShape, others))
        {
            return Equals(expected, actual) ? null : $"{expected ?? "null"}, {actual ?? "null"} of the twin";
        }

        if (!shape.SequenceEqual(otherShape))
        {
            return $"shape [{string.Join(", ", shape)}], [{string.Join(", ", otherShape)}] of the twin";
        }

        var limit = tolerance * (1 + values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < values.Length; i++)
        {
            if (!values[i].Equals(others[i]) && !(Math.Abs(values[i] - others[i]) <= limit))
            {
                return string.Create(CultureInfo.InvariantCulture, $"element {i} is {values[i]}, {others[i]} of the twin");
            }
        }

        return null;
    }

    private static bool Takes(MethodInfo method, object[] inputs)
    {
        var parameters = method.GetParameters();
        return parameters.Length >= inputs.Length && parameters.Skip(inputs.Length).All(p => p.IsOptional)
            && inputs.Zip(parameters).All(pair => pair.Second.ParameterType.IsInstanceOfType(pair.First));
    }

    private static object?[]? Elements(object? output) => output switch
    {
        TorchTensor or Tensor or string => null,
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i])],
        IDictionary dictionary => [.. dictionary.Values.Cast<object?>()],
        IEnumerable sequence => [.. sequence.Cast<object?>()],
        _ => null,
    };

    private static (long[] Shape, double[] Values)? Values(object? output) => output switch
    {
        TorchTensor tensor => (tensor.shape, [.. tensor.to(TorchSharp.torch.float64).contiguous().data<double>()]),
        Tensor tensor => (tensor.Shape.ToArray(), [.. tensor.To(DType.Float32).Contiguous().ToArray<float>().Select(value => (double)value)]),
        _ => null,
    };
}
