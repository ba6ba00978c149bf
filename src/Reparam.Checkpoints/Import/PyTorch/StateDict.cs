using System.Globalization;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>The tensors of a pickled object under flat names.</summary>
internal sealed class StateDict
{
    // Deeper or larger structures are no state dictionary; shared parts can make a small pickle astronomically large.
    private const int MaxDepth = 32;
    private const int MaxEntries = 1_000_000;

    /// <summary>Keys under which training scripts keep the state dictionary, in the order of preference.</summary>
    private static readonly string[] WrapperKeys = ["state_dict", "model_state_dict", "model"];

    private readonly List<KeyValuePair<string, TorchTensor>> tensors = [];
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<string> skipped = [];
    private int entries;

    /// <summary>The tensors in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, TorchTensor>> Tensors => tensors;

    /// <summary>Numbers, texts and truth values beside the state dictionary, as <c>pytorch.KEY</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>What is neither.</summary>
    public IReadOnlyList<string> Skipped => skipped;

    /// <exception cref="FormatException">The object is no state dictionary.</exception>
    public static StateDict Of(object? root)
    {
        var result = new StateDict();
        switch (root)
        {
            case PickleDict dict when Wrapped(dict) is var (key, inner):
                foreach (var entry in dict.Entries.Where(entry => entry.Key is not string text || text != key))
                {
                    result.KeepBeside(entry.Key, entry.Value);
                }

                result.Add("", inner, 0);
                break;
            case PickleDict or List<object?>:
                result.Add("", root, 0);
                break;
            case PickleOpaque opaque:
                throw new FormatException(
                    $"found an object of class {opaque.ClassName}, expected a dictionary of tensors: a whole pickled model; save its state_dict()");
            case PickleGlobal global:
                throw new FormatException($"found {global}, expected a dictionary of tensors");
            case TorchTensor tensor:
                result.tensors.Add(new("tensor", tensor));
                break;
            default:
                throw new FormatException("found no dictionary of tensors");
        }

        return result;
    }

    private static (string Key, PickleDict Inner)? Wrapped(PickleDict root)
    {
        foreach (var key in WrapperKeys)
        {
            if (root.Find(key) is PickleDict inner)
            {
                return (key, inner);
            }
        }

        return null;
    }

    private void KeepBeside(object? key, object? value)
    {
        if (key is string name && Scalar(value) is { } text)
        {
            metadata[$"pytorch.{name}"] = text;
        }
        else
        {
            skipped.Add($"'{Name(key) ?? "?"}' beside the state dictionary ({Describe(value)})");
        }
    }

    private void Add(string name, object? value, int depth)
    {
        if (depth > MaxDepth || ++entries > MaxEntries)
        {
            throw new FormatException($"found more than {MaxDepth} levels or {MaxEntries} entries, expected a dictionary of tensors");
        }

        switch (value)
        {
            case TorchTensor tensor:
                tensors.Add(new(name, tensor));
                break;
            case PickleDict dict:
                foreach (var (key, item) in dict.Entries)
                {
                    Add(Join(name, Name(key) ?? throw new FormatException($"found a key under '{name}' that is neither text nor integer")), item, depth + 1);
                }

                break;
            case List<object?> list:
                for (var i = 0; i < list.Count; i++)
                {
                    Add(Join(name, i.ToString(CultureInfo.InvariantCulture)), list[i], depth + 1);
                }

                break;
            case PickleTuple tuple:
                for (var i = 0; i < tuple.Items.Length; i++)
                {
                    Add(Join(name, i.ToString(CultureInfo.InvariantCulture)), tuple.Items[i], depth + 1);
                }

                break;
            default:
                if (depth == 1 && Scalar(value) is { } text)
                {
                    metadata[$"pytorch.{name}"] = text;
                }
                else
                {
                    skipped.Add($"'{name}' ({Describe(value)})");
                }

                break;
        }
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    private static string? Name(object? key) => key switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string? Scalar(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Describe(object? value) => value switch
    {
        PickleOpaque opaque => $"an object of class {opaque.ClassName}",
        PickleGlobal global => $"the name {global}",
        PickleDict dict => $"a dictionary of {dict.Entries.Count}",
        List<object?> list => $"a list of {list.Count}",
        null => "None",
        _ => Scalar(value) ?? "not a tensor",
    };
}
