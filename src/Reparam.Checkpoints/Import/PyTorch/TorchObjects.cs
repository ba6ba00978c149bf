using System.Collections.Immutable;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// The few calls that tensors in a pickle need: ordered dictionaries, sizes, tensors, parameters and their storages. What else would make a tensor is
/// kept as <see cref="TorchUnsupported"/>, every other call as an inert <see cref="PickleObject"/>.
/// </summary>
/// <param name="folder">Stands in front of the keys of storages, for files with several pickles; empty for none.</param>
/// <param name="find">What a persistent id of another kind than those of torch.save stands for; null when there is no other kind.</param>
internal sealed class TorchObjects(string folder = "", Func<object?, object?>? find = null) : IPickleObjects
{
    /// <summary>Maximum dimensions of a tensor, as in PyTorch.</summary>
    public const int MaxRank = 64;

    private const int TensorSize = 256;
    private const int EntrySize = 32;

    private readonly Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);

    /// <summary>The storages that were named, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => storages;

    public object? Call(PickleGlobal function, PickleTuple arguments, PickleBudget budget)
    {
        budget.Charge(TensorSize);
        return (function.Module, function.Name, arguments.Items) switch
        {
            ("collections", "OrderedDict", []) => new PickleDict(),
            ("collections", "OrderedDict", [List<object?> pairs]) => FromPairs(pairs, budget),
            ("torch", "Size", [PickleTuple sizes]) => sizes,
            ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2",
                [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, .. var rest]) =>
                Tensor(storage, offset, shape, strides, rest.ElementAtOrDefault(2), budget),
            ("torch._utils", "_rebuild_tensor_v3",
                [TorchStorage bytes, long offset, PickleTuple shape, PickleTuple strides, _, _, PickleGlobal type, .. var rest]) =>
                Retyped(bytes, type) is { } storage
                    ? Tensor(storage, offset, shape, strides, rest.ElementAtOrDefault(0), budget)
                    : new TorchUnsupported($"a tensor of type {type}"),
            ("torch._utils", "_rebuild_parameter", [TorchTensor or TorchUnsupported, ..]) => WithState(arguments.Items[0], null, null),
            ("torch._utils", "_rebuild_parameter_with_state", [TorchTensor or TorchUnsupported, _, _, var state]) => WithState(arguments.Items[0], null, state),
            ("torch._utils", "_rebuild_device_tensor_from_cpu_tensor", [TorchTensor or TorchUnsupported, ..]) => arguments.Items[0],
            ("torch.nn.parameter" or "torch.nn", "Parameter" or "Buffer", [TorchTensor or TorchUnsupported, ..]) => WithState(arguments.Items[0], null, null),
            ("torch._tensor" or "torch.tensor", "_rebuild_from_type_v2" or "_rebuild_from_type", [PickleGlobal inner, var type, PickleTuple made, var state])
                when inner.Module == "torch._utils" => WithState(Call(inner, made, budget), type as PickleGlobal, state),
            ("torch.jit._pickle", "restore_type_tag", [var value, _]) => value,
            ("torch.jit._pickle", "build_intlist" or "build_doublelist" or "build_boollist" or "build_tensorlist", [List<object?> list]) => list,
            ("torch.nn.parameter", "UninitializedParameter" or "UninitializedBuffer", _) => new TorchUnsupported($"a parameter without values ({function})"),
            ("copy_reg" or "copyreg", "_reconstructor", [PickleGlobal type, ..]) => new PickleObject(type.ToString(), new PickleTuple([])),
            ("copy_reg" or "copyreg", "__newobj__", [PickleGlobal type, .. var rest]) => new PickleObject(type.ToString(), new PickleTuple(rest)),
            (var module, "_reconstruct", _) when module.StartsWith("numpy", StringComparison.Ordinal) => new TorchUnsupported("a NumPy array"),
            ("numpy", "ndarray", _) => new TorchUnsupported("a NumPy array"),
            ("torch._utils" or "torch._tensor" or "torch.tensor" or "torch.storage", _, _) => new TorchUnsupported(Describe(function)),
            _ when function.Name.StartsWith("_rebuild", StringComparison.Ordinal) => new TorchUnsupported(Describe(function)),
            _ => new PickleObject(function.ToString(), arguments),
        };
    }

    public bool SetState(object? value, object? state)
    {
        if (value is TorchTensor { State: null } tensor)
        {
            tensor.State = state;
            return true;
        }

        return value is TorchUnsupported;
    }

    public object? Load(object? persistentId)
    {
        switch ((persistentId as PickleTuple)?.Items)
        {
            case ["storage", PickleGlobal type, string key, _, long elements]:
                return Storage(type, key, elements);
            case ["storage", PickleGlobal type, string key, _, long elements, null]:
                return Storage(type, key, elements);
            case ["storage", PickleGlobal type, string key, _, long elements, PickleTuple { Items: [_, long start, long count] }]:
                return Storage(type, key, elements).Part(start, count);
            case ["module", PickleGlobal type, ..]:
                return type;
            default:
                return find is null ? throw new FormatException("a persistent id is no storage") : find(persistentId);
        }
    }

    /// <summary>A view of a storage, from its parts in a pickle.</summary>
    /// <exception cref="FormatException">The parts do not fit each other.</exception>
    public static TorchTensor Tensor(TorchStorage storage, long offset, ImmutableArray<long> shape, ImmutableArray<long> strides) =>
        shape.Length == strides.Length && shape.Length <= MaxRank
            ? new TorchTensor(storage, offset, shape, strides)
            : throw new FormatException($"a tensor has {shape.Length} sizes and {strides.Length} strides, expected as many, {MaxRank} at most");

    /// <summary>Makes a storage known.</summary>
    /// <exception cref="FormatException">Its type is not known, or the key has another storage.</exception>
    public TorchStorage Storage(PickleGlobal type, string key, long elements)
    {
        if (type.Module is not ("torch" or "torch.storage" or "torch.cuda") || TorchType.OfStorage(type.Name) is not { } known)
        {
            throw new FormatException($"storage '{key}' is a {type}, which is not known");
        }

        key = folder.Length == 0 ? key : $"{folder}/{key}";
        var storage = new TorchStorage(key, known, elements);
        if (elements < 0)
        {
            throw new FormatException($"storage '{key}' has {elements} elements");
        }

        if (!storages.TryAdd(key, storage) && storages[key] != storage)
        {
            throw new FormatException($"storage '{key}' is described in two ways");
        }

        return storages[key];
    }

    private static TorchStorage? Retyped(TorchStorage bytes, PickleGlobal type)
    {
        if (type.Module != "torch" || TorchType.OfName(type.Name) is not { } known)
        {
            return null;
        }

        return bytes.Type.Bytes != 1 ? throw new FormatException($"found a tensor of type {type} in a storage of {bytes.Type.Name}, expected one of bytes")
            : bytes.StartByte % known.Bytes != 0 ? throw new FormatException(
                $"found a tensor of type {type} from byte {bytes.StartByte} of storage '{bytes.Key}', expected a multiple of {known.Bytes}")
            : bytes with { Type = known, Elements = bytes.Elements / known.Bytes };
    }

    private static TorchTensor Tensor(TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, object? bits, PickleBudget budget)
    {
        budget.Charge(sizeof(long) * (shape.Items.Length + strides.Items.Length));
        var view = Tensor(storage, offset, Integers(shape), Integers(strides));
        return bits switch
        {
            null or PickleDict { Entries.Count: 0 } => view,
            PickleDict known when known.Entries.All(entry => entry is { Key: "neg" or "conj", Value: bool }) =>
                new TorchTensor(view.Storage, view.Offset, view.Shape, view.Strides)
                {
                    Negated = known.Find("neg") is true,
                    Conjugated = known.Find("conj") is true,
                },
            _ => throw new FormatException("a tensor has metadata that are not understood, expected 'neg' and 'conj' alone"),
        };
    }

    // A new object: the plain tensor may stand elsewhere in the file, too.
    private static object? WithState(object? value, PickleGlobal? subclass, object? state)
    {
        var name = subclass is null or { Module: "torch.nn.parameter" or "torch.nn" or "torch" } ? null : subclass.ToString();
        return value is TorchTensor tensor
            ? new TorchTensor(tensor.Storage, tensor.Offset, tensor.Shape, tensor.Strides)
            {
                Negated = tensor.Negated,
                Conjugated = tensor.Conjugated,
                Subclass = name ?? tensor.Subclass,
                State = state is null or PickleDict { Entries.Count: 0 } ? tensor.State : state,
            }
            : value;
    }

    private static string Describe(PickleGlobal function) => function.Name switch
    {
        "_rebuild_sparse_tensor" or "_rebuild_sparse_csr_tensor" => $"a sparse tensor ({function})",
        "_rebuild_qtensor" => $"a quantised tensor ({function})",
        "_rebuild_nested_tensor" => $"a nested tensor ({function})",
        "_rebuild_meta_tensor_no_storage" => $"a meta tensor, which has no values ({function})",
        _ => $"a tensor made by {function}",
    };

    private static ImmutableArray<long> Integers(PickleTuple tuple) =>
        tuple.Items.Length <= MaxRank
            ? [.. tuple.Items.Select(item => item is long value ? value : throw new FormatException("a size or stride is no integer"))]
            : throw new FormatException($"a tensor has {tuple.Items.Length} dimensions, expected {MaxRank} at most");

    private static PickleDict FromPairs(List<object?> pairs, PickleBudget budget)
    {
        budget.Charge(EntrySize * (long)pairs.Count);
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
