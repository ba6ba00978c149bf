using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Flow;

namespace Reparam.Generators.Manifests;

/// <summary>
/// The tensors of TorchSharp's own layers, read from the call that makes one. Arguments that are no constants leave a dimension or a presence open.
/// </summary>
internal static class PlainLayerTensors
{
    /// <summary>Metadata name of a container whose call may tell all of its elements.</summary>
    public const string Sequential = "TorchSharp.Modules.Sequential";

    private const long Unknown = -1;

    // Layers that have neither weights nor buffers.
    private static readonly HashSet<string> WithoutTensors = new(
        new[]
        {
            "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "AlphaDropout",
            "AvgPool1d", "AvgPool2d", "AvgPool3d", "BCELoss", "BCEWithLogitsLoss", "CELU", "ChannelShuffle", "ConstantPad1d", "ConstantPad2d",
            "ConstantPad3d", "CosineEmbeddingLoss", "CosineSimilarity", "CrossEntropyLoss", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "ELU",
            "FeatureAlphaDropout", "Flatten", "Fold", "FractionalMaxPool2d", "FractionalMaxPool3d", "GELU", "GLU", "Hardshrink", "Hardsigmoid", "Hardswish",
            "Hardtanh", "HingeEmbeddingLoss", "HuberLoss", "Identity", "KLDivLoss", "L1Loss", "LeakyReLU", "LocalResponseNorm", "LogSigmoid", "LogSoftmax",
            "LPPool1d", "LPPool2d", "MarginRankingLoss", "MaxPool1d", "MaxPool2d", "MaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "Mish",
            "MSELoss", "NLLLoss", "PairwiseDistance", "PixelShuffle", "PixelUnshuffle", "PoissonNLLLoss", "ReflectionPad1d", "ReflectionPad2d",
            "ReflectionPad3d", "ReLU", "ReLU6", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "RReLU", "SELU", "Sigmoid", "SiLU",
            "SmoothL1Loss", "SoftMarginLoss", "Softmax", "Softmax2d", "Softmin", "Softplus", "Softshrink", "Softsign", "Tanh", "Tanhshrink", "Threshold",
            "TripletMarginLoss", "Unflatten", "Unfold", "Upsample", "ZeroPad2d",
        }.Select(name => "TorchSharp.Modules." + name));

    /// <summary>True for a layer that has neither weights nor buffers.</summary>
    public static bool IsWithoutTensors(ITypeSymbol type) => WithoutTensors.Contains(type.MetadataFullName());

    /// <summary>The tensors of a layer; null if its class is none of those that are known.</summary>
    /// <param name="type">The layer's class.</param>
    /// <param name="made">The call that makes it; null if it cannot be seen.</param>
    public static ManifestTensor[]? Of(ITypeSymbol type, IOperation? made)
    {
        var call = new Arguments(made);
        switch (type.MetadataFullName())
        {
            case MetadataNames.Linear:
                return WithBias(call, [call.Size("outputSize"), call.Size("inputSize")], "hasBias");
            case MetadataNames.Embedding:
                return [Parameter("weight", made is not null, [call.Size("num_embeddings"), call.Size("embedding_dims")])];
            case MetadataNames.Conv1d:
                return WithBias(call, [call.Size("out_channels"), PerGroup(call), call.Size("kernel_size")], "bias");
            case MetadataNames.Conv2d:
                return WithBias(call, [call.Size("out_channels"), PerGroup(call), call.Size("kernel_size", 0), call.Size("kernel_size", 1)], "bias");
            case "TorchSharp.Modules.LayerNorm":
                return Affine(call, call.Sizes("normalized_shape"), "elementwise_affine", call.Flag("bias"));
            case "TorchSharp.Modules.Conv3d":
                return WithBias(call, [call.Size("out_channels"), PerGroup(call), .. Kernel(call, 3)], "bias");
            case "TorchSharp.Modules.ConvTranspose1d":
                return Transposed(call, 1);
            case "TorchSharp.Modules.ConvTranspose2d":
                return Transposed(call, 2);
            case "TorchSharp.Modules.ConvTranspose3d":
                return Transposed(call, 3);
            case "TorchSharp.Modules.EmbeddingBag":
                return [Parameter("weight", made is not null, [call.Size("num_embeddings"), call.Size("embedding_dims")])];
            case "TorchSharp.Modules.PReLU":
                return [Parameter("weight", made is not null, [call.Size("num_parameters")])];
            case "TorchSharp.Modules.Bilinear":
                return WithBias(call, [call.Size("out_features"), call.Size("in1_features"), call.Size("in2_features")], "hasBias");
            case "TorchSharp.Modules.GroupNorm":
                return Affine(call, [call.Size("num_channels")], "affine", true);
            case "TorchSharp.Modules.LSTMCell":
                return Cell(call, 4, string.Empty, call.Size("inputSize"));
            case "TorchSharp.Modules.GRUCell":
                return Cell(call, 3, string.Empty, call.Size("inputSize"));
            case "TorchSharp.Modules.RNNCell":
                return Cell(call, 1, string.Empty, call.Size("inputSize"));
            case "TorchSharp.Modules.LSTM":
                return Recurrent(call, 4);
            case "TorchSharp.Modules.GRU":
                return Recurrent(call, 3);
            case "TorchSharp.Modules.RNN":
                return Recurrent(call, 1);
            case "TorchSharp.Modules.BatchNorm1d":
            case "TorchSharp.Modules.BatchNorm2d":
            case "TorchSharp.Modules.BatchNorm3d":
            case "TorchSharp.Modules.InstanceNorm1d":
            case "TorchSharp.Modules.InstanceNorm2d":
            case "TorchSharp.Modules.InstanceNorm3d":
                return [.. Affine(call, [call.Size("num_features")], "affine", true), .. Statistics(call)];
            case Sequential:
                return OfSequential(made);
            case var name:
                return WithoutTensors.Contains(name) ? [] : null;
        }
    }

    /// <summary>The dimensions of a tensor that a call such as <c>zeros(1, 8)</c> makes; null if they cannot be seen.</summary>
    /// <param name="made">The call.</param>
    public static EquatableArray<long>? ShapeOf(IOperation? made)
    {
        made = made is null ? null : Unwrapped(made);
        if (made is IObjectCreationOperation { Constructor: { } constructor } wrapped
            && constructor.ContainingType.MetadataFullName() == MetadataNames.Parameter)
        {
            return ShapeOf(wrapped.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value);
        }

        if (made is not IInvocationOperation { TargetMethod: { IsStatic: true } method } call)
        {
            return null;
        }

        switch (method.Name)
        {
            case "Parameter":
                return ShapeOf(call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value);
            case "zeros" or "ones" or "empty" or "rand" or "randn" or "full":
                var sizes = new List<long>();
                foreach (var argument in call.Arguments.Where(a => a.Parameter is not null).OrderBy(a => a.Parameter!.Ordinal))
                {
                    if (argument.Parameter!.Type.SpecialType is SpecialType.System_Int64 or SpecialType.System_Int32)
                    {
                        sizes.Add(Arguments.Constant(argument.Value));
                    }
                    else if (argument.Parameter.Ordinal == 0)
                    {
                        return Arguments.Elements(argument.Value)?.ToEquatableArray();
                    }
                    else
                    {
                        break;
                    }
                }

                return sizes.Count == 0 ? null : sizes.ToEquatableArray();
            default:
                return null;
        }
    }

    private static ManifestTensor[]? OfSequential(IOperation? made)
    {
        if (SequentialElements.Of(made) is not { } elements)
        {
            return null;
        }

        var tensors = new List<ManifestTensor>();
        foreach (var (name, module) in elements)
        {
            if (Of(module.Type!, module) is not { } own)
            {
                return null;
            }

            tensors.AddRange(own.Select(tensor => tensor with { Path = $"{name}.{tensor.Path}" }));
        }

        return [.. tensors];
    }

    private static IOperation Unwrapped(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value;
    }

    private static ManifestTensor Parameter(string name, bool isRequired, long[]? shape) => new(name, IsBuffer: false, isRequired, shape?.ToEquatableArray());

    private static ManifestTensor[] WithBias(Arguments call, long[] shape, string flag) => call.Flag(flag) is { } hasBias
        ? hasBias ? [Parameter("weight", true, shape), Parameter("bias", true, [shape[0]])] : [Parameter("weight", true, shape)]
        : [Parameter("weight", call.IsSeen, shape), Parameter("bias", false, [shape[0]])];

    private static ManifestTensor[] Affine(Arguments call, long[]? shape, string flag, bool? hasBias) => call.Flag(flag) switch
    {
        false => [],
        var isAffine when hasBias == false => [Parameter("weight", isAffine == true, shape)],
        var isAffine => [Parameter("weight", isAffine == true, shape), Parameter("bias", isAffine == true && hasBias == true, shape)],
    };

    private static IEnumerable<ManifestTensor> Statistics(Arguments call)
    {
        if (call.Flag("track_running_stats") is not false)
        {
            var isTracked = call.Flag("track_running_stats") == true;
            var features = new[] { call.Size("num_features") }.ToEquatableArray();
            yield return new ManifestTensor("running_mean", IsBuffer: true, isTracked, features);
            yield return new ManifestTensor("running_var", IsBuffer: true, isTracked, features);

            // The run-time does not read the counter, so a file may lack it.
            yield return new ManifestTensor("num_batches_tracked", IsBuffer: true, IsRequired: false, EquatableArray<long>.Empty);
        }
    }

    private static IEnumerable<long> Kernel(Arguments call, int dims) => Enumerable.Range(0, dims).Select(i => call.Size("kernel_size", i));

    private static ManifestTensor[] Transposed(Arguments call, int dims)
    {
        var (channels, outputs, groups) = (call.Size("in_channels"), call.Size("out_channels"), call.Size("groups"));
        var tensors = WithBias(call, [channels, outputs > 0 && groups > 0 ? outputs / groups : Unknown, .. Kernel(call, dims)], "bias");
        return [.. tensors.Select(tensor => tensor.Path == "bias" ? Parameter("bias", tensor.IsRequired, [outputs]) : tensor)];
    }

    private static ManifestTensor[] Cell(Arguments call, int gates, string suffix, long inputs)
    {
        var hidden = call.Size("hiddenSize");
        var rows = hidden > 0 ? gates * hidden : Unknown;
        var weights = new[] { Parameter("weight_ih" + suffix, call.IsSeen, [rows, inputs]), Parameter("weight_hh" + suffix, call.IsSeen, [rows, hidden]) };
        var hasBias = call.Flag("bias");
        return hasBias == false
            ? weights
            : [.. weights, Parameter("bias_ih" + suffix, hasBias == true, [rows]), Parameter("bias_hh" + suffix, hasBias == true, [rows])];
    }

    // Without the number of layers and directions the tensors cannot be told.
    private static ManifestTensor[]? Recurrent(Arguments call, int gates)
    {
        var (layers, isBidirectional, hidden) = (call.Size("numLayers"), call.Flag("bidirectional"), call.Size("hiddenSize"));
        if (layers < 1 || isBidirectional is null)
        {
            return null;
        }

        var tensors = new List<ManifestTensor>();
        for (var layer = 0; layer < layers; layer++)
        {
            var inputs = layer == 0 ? call.Size("inputSize") : hidden < 0 ? Unknown : isBidirectional == true ? 2 * hidden : hidden;
            tensors.AddRange(Cell(call, gates, $"_l{layer}", inputs));
            if (isBidirectional == true)
            {
                tensors.AddRange(Cell(call, gates, $"_l{layer}_reverse", inputs));
            }
        }

        return [.. tensors];
    }

    private static long PerGroup(Arguments call)
    {
        var (channels, groups) = (call.Size("in_channels"), call.Size("groups"));
        return channels > 0 && groups > 0 ? channels / groups : Unknown;
    }

    /// <summary>The constants among a call's arguments, by parameter.</summary>
    private sealed class Arguments(IOperation? made)
    {
        private readonly IArgumentOperation[] arguments = made switch
        {
            IInvocationOperation call => [.. call.Arguments],
            IObjectCreationOperation creation => [.. creation.Arguments],
            _ => [],
        };

        /// <summary>True if the call is there.</summary>
        public bool IsSeen => arguments.Length > 0;

        /// <summary>A truth value; null if it is no constant.</summary>
        public bool? Flag(string parameter) => Value(parameter)?.ConstantValue is { HasValue: true, Value: bool flag } ? flag : null;

        /// <summary>A whole number, or one of a tuple; −1 if it is no constant.</summary>
        public long Size(string parameter, int element = 0) => Value(parameter) switch
        {
            null => Unknown,
            ITupleOperation tuple => element < tuple.Elements.Length ? Constant(tuple.Elements[element]) : Unknown,
            var value => Constant(value),
        };

        /// <summary>A whole number or an array of them; null if it is neither.</summary>
        public long[]? Sizes(string parameter) => Value(parameter) switch
        {
            null => null,
            { Type.SpecialType: SpecialType.System_Int64 or SpecialType.System_Int32 } value => [Constant(value)],
            var value => Elements(value),
        };

        public static long Constant(IOperation value) => value.ConstantValue is { HasValue: true, Value: var constant }
            ? constant switch { int i => i, long l => l, _ => Unknown }
            : Unknown;

        public static long[]? Elements(IOperation value)
        {
            return Unwrapped(value) switch
            {
                IArrayCreationOperation { Initializer: { } initializer } => [.. initializer.ElementValues.Select(Constant)],
                ICollectionExpressionOperation collection when collection.Elements.All(e => e is not ISpreadOperation) =>
                    [.. collection.Elements.Select(Constant)],
                _ => null,
            };
        }

        private IOperation? Value(string parameter)
        {
            var value = arguments.FirstOrDefault(a => a.Parameter?.Name == parameter)?.Value;
            while (value is IConversionOperation { ConstantValue.HasValue: false } conversion)
            {
                value = conversion.Operand;
            }

            return value;
        }
    }
}
