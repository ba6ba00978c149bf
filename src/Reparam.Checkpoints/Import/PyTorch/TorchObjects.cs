using System.Collections.Frozen;
using System.Collections.Immutable;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>The few calls that tensors in a pickle need: ordered dictionaries, sizes, tensors, parameters and their storages.</summary>
internal sealed class TorchObjects : IPickleObjects
{
    private static readonly FrozenDictionary<string, DType> StorageTypes = new Dictionary<string, DType>
    {
        ["FloatStorage"] = DType.F32,
        ["DoubleStorage"] = DType.F64,
        ["HalfStorage"] = DType.F16,
        ["BFloat16Storage"] = DType.BF16,
        ["LongStorage"] = DType.I64,
        ["IntStorage"] = DType.I32,
        ["ShortStorage"] = DType.I16,
        ["CharStorage"] = DType.I8,
        ["ByteStorage"] = DType.U8,
        ["BoolStorage"] = DType.Bool,
        ["ComplexFloatStorage"] = DType.C64,
        ["UntypedStorage"] = DType.U8,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Types that came after the typed storages; their tensors name the type and lie in a storage of bytes.
    private static readonly FrozenDictionary<string, DType> LaterTypes = new Dictionary<string, DType>
    {
        ["float8_e4m3fn"] = DType.F8E4M3,
        ["float8_e5m2"] = DType.F8E5M2,
        ["float8_e4m3fnuz"] = DType.F8E4M3Fnuz,
        ["float8_e5m2fnuz"] = DType.F8E5M2Fnuz,
        ["float8_e8m0fnu"] = DType.F8E8M0,
        ["uint16"] = DType.U16,
        ["uint32"] = DType.U32,
        ["uint64"] = DType.U64,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string KnownStorages = string.Join(", ", StorageTypes.Keys.Order(StringComparer.Ordinal));

    private readonly Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);

    /// <summary>The storages that were named, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => storages;

    public object? Call(PickleGlobal function, PickleTuple arguments) => (function.Module, function.Name, arguments.Items) switch
    {
        ("collections", "OrderedDict", []) => new PickleDict(),
        ("collections", "OrderedDict", [List<object?> pairs]) => FromPairs(pairs),
        ("torch", "Size", [PickleTuple sizes]) => sizes,
        ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2", [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..]) =>
            Tensor(storage, offset, Integers(shape), Integers(strides)),
        ("torch._utils", "_rebuild_tensor_v3", [TorchStorage bytes, long offset, PickleTuple shape, PickleTuple strides, _, _, PickleGlobal type, ..]) =>
            Tensor(Retyped(bytes, type), offset, Integers(shape), Integers(strides)),
        ("torch._utils", "_rebuild_parameter", [TorchTensor data, ..]) => data,

        // Sparse, quantised and other tensors: left out, they would be missed only by the model.
        ("torch._utils", _, _) => throw new FormatException($"found a tensor made by {function}, expected plain dense ones"),
        _ => new PickleOpaque(function.ToString()),
    };

    public object? Load(object? persistentId)
    {
        switch ((persistentId as PickleTuple)?.Items)
        {
            case ["storage", PickleGlobal type, string key, _, long elements, .. var rest]:
                if (type.Module is not ("torch" or "torch.storage") || !StorageTypes.TryGetValue(type.Name, out var dtype))
                {
                    throw new FormatException(
                        $"storage '{key}' is a {type}, which has no counterpart; known are {KnownStorages} of torch");
                }

                if (rest is not ([] or [null]))
                {
                    throw new FormatException($"storage '{key}' is a view of another storage, as only very old versions of PyTorch wrote it");
                }

                return Storage(new TorchStorage(key, dtype, elements));
            case ["module", PickleGlobal type, ..]:
                return type;
            default:
                throw new FormatException("a persistent id is no storage");
        }
    }

    private TorchStorage Storage(TorchStorage storage)
    {
        if (storage.Elements < 0)
        {
            throw new FormatException($"storage '{storage.Key}' has {storage.Elements} elements");
        }

        if (!storages.TryAdd(storage.Key, storage) && storages[storage.Key] != storage)
        {
            throw new FormatException($"storage '{storage.Key}' is described in two ways");
        }

        return storages[storage.Key];
    }

    private static TorchStorage Retyped(TorchStorage bytes, PickleGlobal type)
    {
        if (type.Module != "torch" || !LaterTypes.TryGetValue(type.Name, out var dtype))
        {
            throw new FormatException($"found a tensor of type {type}, expected one of torch.{string.Join(", ", LaterTypes.Keys.Order(StringComparer.Ordinal))}");
        }

        return bytes.DType == DType.U8
            ? bytes with { DType = dtype, Elements = bytes.Elements / (dtype.BitSize() / 8) }
            : throw new FormatException($"found a tensor of type {type} in a storage of {bytes.DType.FormatName()}, expected one of bytes");
    }

    private static TorchTensor Tensor(TorchStorage storage, long offset, ImmutableArray<long> shape, ImmutableArray<long> strides) =>
        shape.Length == strides.Length
            ? new TorchTensor(storage, offset, shape, strides)
            : throw new FormatException($"a tensor has {shape.Length} sizes and {strides.Length} strides");

    private static ImmutableArray<long> Integers(PickleTuple tuple) =>
        [.. tuple.Items.Select(item => item is long value ? value : throw new FormatException("a size or stride is no integer"))];

    private static PickleDict FromPairs(List<object?> pairs)
    {
        var dict = new PickleDict();
        foreach (var pair in pairs)
        {
            dict.Entries.Add(pair switch
            {
                List<object?> { Count: 2 } list => new(list[0], list[1]),
                PickleTuple { Items: [var key, var value] } => new(key, value),
                _ => throw new FormatException("an ordered dictionary is made of what are no pairs"),
            });
        }

        return dict;
    }
}
