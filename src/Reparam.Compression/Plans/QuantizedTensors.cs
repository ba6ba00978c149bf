using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Reparam.Checkpoints;

namespace Reparam.Compression.Plans;

/// <summary>
/// What a checkpoint holds that is quantised already: weights of few bits, and the scales, zero points and tables that they are decoded with. Those have two
/// dimensions and floating types too, and an error in one of them is an error in every weight that it decodes.
/// </summary>
/// <remarks>
/// A floating tensor is such a parameter by one of two rules. Its last name is that of one: <c>weight_scale_inv</c> (fp8), <c>scales</c> (GPTQ, AWQ, MLX),
/// <c>weight_zero_point</c> (compressed-tensors), <c>absmax</c>, <c>quant_map</c> (bitsandbytes), <c>k_scale</c> and so on. Or it stands beside a quantised
/// weight in the same module and has at most one element to four of its bytes.
/// </remarks>
public sealed partial class QuantizedTensors
{
    // Groups of 16 weights of 2 bits have one scale to 4 bytes; nobody makes smaller ones.
    private const long BytesOfElement = 4;

    private QuantizedTensors(ImmutableArray<TensorInfo> weights, ImmutableHashSet<string> parameters)
    {
        Weights = weights;
        Parameters = parameters;
    }

    /// <summary>The quantised weights, in ordinal order of their names.</summary>
    public ImmutableArray<TensorInfo> Weights { get; }

    /// <summary>Names of what they are decoded with, of any type and shape; tensors that are named like that where no weight is quantised, too.</summary>
    public ImmutableHashSet<string> Parameters { get; }

    /// <summary>Looks through the names, types and shapes of a checkpoint; nothing is read.</summary>
    public static QuantizedTensors Of(ICheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var infos = checkpoint.Names.Order(StringComparer.Ordinal).Select(checkpoint.Info).ToArray();
        var parameters = infos.Where(info => IsNamedParameter(info.Name)).Select(info => info.Name).ToHashSet(StringComparer.Ordinal);
        var modules = infos.GroupBy(info => ModuleOf(checkpoint, info.Name), StringComparer.Ordinal);
        var weights = new List<TensorInfo>();
        foreach (var module in modules)
        {
            TensorInfo[] codes = [.. module.Where(info => MayHoldCodes(info) && !parameters.Contains(info.Name))];
            foreach (var code in codes)
            {
                TensorInfo[] beside = [.. module.Where(info => IsBeside(info, code, module.Key))];

                // Eight bits of floating type say it by themselves; an integer may be anything until a scale stands beside it.
                if (IsSmallFloat(code.DType) || beside.Length > 0 || module.Any(info => parameters.Contains(info.Name)))
                {
                    weights.Add(code);
                    parameters.UnionWith(beside.Select(info => info.Name));
                }
            }
        }

        return new QuantizedTensors([.. weights.OrderBy(info => info.Name, StringComparer.Ordinal)], [.. parameters]);
    }

    /// <summary>The weights by type, in words: <c>224 weights are F8_E4M3, 3 are U8</c>; empty where there are none.</summary>
    public string Describe() => string.Join(", ", Weights.CountBy(info => info.DType).OrderByDescending(count => count.Value)
        .Select(
            (count, index) => $"{count.Value} {(index > 0 ? "" : count.Value == 1 ? "weight " : "weights ")}{(count.Value == 1 ? "is" : "are")} "
                + $"{count.Key.FormatName()}"));

    private static bool IsSmallFloat(DType type) =>
        type is DType.F4 or DType.F6E2M3 or DType.F6E3M2 or DType.F8E4M3 or DType.F8E5M2 or DType.F8E4M3Fnuz or DType.F8E5M2Fnuz;

    private static bool MayHoldCodes(TensorInfo info) =>
        (IsSmallFloat(info.DType) && info.Shape.Length >= 1 && info.ElementCount > 1) ||
        (info.DType is DType.U8 or DType.I8 or DType.U16 or DType.I16 or DType.U32 or DType.I32 && info.Shape.Length >= 2 && info.ElementCount > 0);

    // Without a module of their own (no dot in the name) tensors belong together where one's name begins with the other's.
    private static bool IsBeside(TensorInfo info, TensorInfo code, string module) =>
        CheckpointCompressor.CanCode(info.DType) && info.Shape.Length >= 2 && info.ElementCount > 0 && info.ElementCount <= code.ByteLength / BytesOfElement &&
        (module.Length > 0 || info.Name.StartsWith(code.Name, StringComparison.Ordinal));

    // 'a.b' of 'a.b.weight', and of 'a.b.weight.absmax' where 'a.b.weight' is a tensor itself.
    private static string ModuleOf(ICheckpoint checkpoint, string name)
    {
        var module = name[..Math.Max(0, name.LastIndexOf('.'))];
        return module.Length > 0 && checkpoint.Contains(module) ? module[..Math.Max(0, module.LastIndexOf('.'))] : module;
    }

    private static bool IsNamedParameter(string name) => ParameterName().IsMatch(name[(name.LastIndexOf('.') + 1)..]);

    [GeneratedRegex(
        "(scales?|zeros?|zero_?points?|absmax)(_(inv|ub|max|min|weight|input|[0-9]))?$|^(nested_)?quant_map$|^quant_state"
        + "|^g_idx$|^SCB$|^q_(scale|scale_max|groups|group_map|perm|invperm)$|^(suh|svh)$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ParameterName();
}
