using System.Collections.Frozen;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>An element type of PyTorch.</summary>
/// <param name="Name">Its name in PyTorch, such as <c>float32</c>.</param>
/// <param name="Bytes">Bytes of an element.</param>
/// <param name="DType">The counterpart in safetensors; null when there is none.</param>
internal sealed record TorchType(string Name, int Bytes, DType? DType)
{
    private static readonly FrozenDictionary<string, TorchType> Storages = new Dictionary<string, TorchType>
    {
        ["FloatStorage"] = new("float32", 4, Checkpoints.DType.F32),
        ["DoubleStorage"] = new("float64", 8, Checkpoints.DType.F64),
        ["HalfStorage"] = new("float16", 2, Checkpoints.DType.F16),
        ["BFloat16Storage"] = new("bfloat16", 2, Checkpoints.DType.BF16),
        ["LongStorage"] = new("int64", 8, Checkpoints.DType.I64),
        ["IntStorage"] = new("int32", 4, Checkpoints.DType.I32),
        ["ShortStorage"] = new("int16", 2, Checkpoints.DType.I16),
        ["CharStorage"] = new("int8", 1, Checkpoints.DType.I8),
        ["ByteStorage"] = new("uint8", 1, Checkpoints.DType.U8),
        ["UntypedStorage"] = new("uint8", 1, Checkpoints.DType.U8),
        ["BoolStorage"] = new("bool", 1, Checkpoints.DType.Bool),
        ["ComplexFloatStorage"] = new("complex64", 8, Checkpoints.DType.C64),
        ["ComplexDoubleStorage"] = new("complex128", 16, null),
        ["QInt8Storage"] = new("qint8", 1, null),
        ["QUInt8Storage"] = new("quint8", 1, null),
        ["QInt32Storage"] = new("qint32", 4, null),
        ["QUInt4x2Storage"] = new("quint4x2", 1, null),
        ["QUInt2x4Storage"] = new("quint2x4", 1, null),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Types that came after the typed storages; their tensors name the type and lie in a storage of bytes.
    private static readonly FrozenDictionary<string, TorchType> Later = new TorchType[]
    {
        new("float8_e4m3fn", 1, Checkpoints.DType.F8E4M3),
        new("float8_e5m2", 1, Checkpoints.DType.F8E5M2),
        new("float8_e4m3fnuz", 1, Checkpoints.DType.F8E4M3Fnuz),
        new("float8_e5m2fnuz", 1, Checkpoints.DType.F8E5M2Fnuz),
        new("float8_e8m0fnu", 1, Checkpoints.DType.F8E8M0),
        new("uint16", 2, Checkpoints.DType.U16),
        new("uint32", 4, Checkpoints.DType.U32),
        new("uint64", 8, Checkpoints.DType.U64),
    }.Concat(Storages.Values).DistinctBy(type => type.Name).ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>The type of a typed storage's elements, by the name of its class; null when the class is not known.</summary>
    public static TorchType? OfStorage(string className) => Storages.GetValueOrDefault(className);

    /// <summary>The type that a tensor names; null when it is not known.</summary>
    public static TorchType? OfName(string name) => Later.GetValueOrDefault(name);
}
