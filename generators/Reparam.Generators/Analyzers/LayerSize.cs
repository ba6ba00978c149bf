using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Reparam.Generators.Analyzers;

/// <summary>The size of a layer as far as a factory call with constant arguments tells it.</summary>
internal static class LayerSize
{
    /// <summary>The largest rank of the weight seen as [out, rest]; null if the arguments are not constants.</summary>
    /// <param name="factory">A call such as <c>Linear(64, 32)</c>.</param>
    /// <param name="model">Semantic model of its file.</param>
    /// <param name="token">Stops the work.</param>
    public static long? Of(ExpressionSyntax factory, SemanticModel model, CancellationToken token)
    {
        if (model.GetOperation(factory, token) is not IInvocationOperation call)
        {
            return null;
        }

        switch (call.TargetMethod.Name)
        {
            case "Linear":
                return Smaller(Constant(call, "inputSize"), Constant(call, "outputSize"));
            case "Embedding":
                return Smaller(Constant(call, "num_embeddings"), Constant(call, "embedding_dims"));
            case "Conv1d" or "Conv2d":
                var kernel = Constant(call, "kernel_size");
                var elements = call.TargetMethod.Name == "Conv2d" ? kernel * kernel : kernel;
                return Smaller(Constant(call, "in_channels") / (Constant(call, "groups") ?? 1) * elements, Constant(call, "out_channels"));
            default:
                return null;
        }
    }

    private static long? Smaller(long? a, long? b) => a < b ? a : b is null ? null : a is null ? null : b;

    private static long? Constant(IInvocationOperation call, string parameter)
    {
        var value = call.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter)?.Value;
        return value?.ConstantValue is { HasValue: true, Value: { } constant } ? constant switch
        {
            long l => l,
            int i => i,
            _ => null,
        }
        : null;
    }
}
