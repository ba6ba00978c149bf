using System.Globalization;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>What stands at the top of a checkpoint: the model, optimizers, and the rest.</summary>
/// <param name="Model">The part under a usual key of the state dictionary; null when there is none.</param>
/// <param name="Optimizers">States of optimizers beside other tensors.</param>
/// <param name="Others">What else there is, in the order of the file.</param>
internal sealed record StateDictLayout(
    KeyValuePair<string, object?>? Model, IReadOnlyList<KeyValuePair<string, object?>> Optimizers, IReadOnlyList<KeyValuePair<string, object?>> Others)
{
    private const int MaxListed = 20;

    // More entries than the state of an optimizer, or a list of optimizers, has.
    private const int MaxOptimizers = 64;

    /// <summary>Keys under which training scripts keep the state dictionary, in the order of preference.</summary>
    private static readonly string[] ModelKeys = ["state_dict", "model_state_dict", "model"];

    /// <summary>Every part.</summary>
    public IEnumerable<KeyValuePair<string, object?>> All => Others.Concat(Optimizers).Concat(Model is { } model ? [model] : []);

    /// <summary>Sorts the parts of a dictionary, list or tuple.</summary>
    /// <exception cref="FormatException">A key in front of tensors is neither text nor integer.</exception>
    public static StateDictLayout Of(object? root, PickleTensors search)
    {
        var parts = Parts(root)
            .Concat(Attributes((root as PickleDict)?.State).SelectMany(Inner).Where(part => search.IsIn(part.Value)))
            .Where(part => PickleText.Key(part.Key) is not null || search.IsIn(part.Key) || search.IsIn(part.Value))
            .Select(part => new KeyValuePair<string, object?>(
                PickleText.Key(part.Key) ??
                    throw new FormatException($"found the key {PickleText.Describe(part.Key)} in front of tensors, expected text or an integer"),
                part.Value))
            .ToArray();
        var isOptimizer = parts.Select(part => search.IsIn(part.Value) && IsOptimizer(part.Value)).ToArray();
        if (!parts.Where((part, index) => search.IsIn(part.Value) && !isOptimizer[index]).Any())
        {
            Array.Clear(isOptimizer);
        }

        var model = root is not PickleDict
            ? -1
            : ModelKeys
                .Select(key => Array.FindIndex(parts, part => part.Key == key && part.Value is PickleDict or PickleObject && search.IsIn(part.Value)))
                .FirstOrDefault(index => index >= 0 && !isOptimizer[index], -1);
        return new StateDictLayout(
            model < 0 ? null : parts[model],
            [.. parts.Where((_, index) => isOptimizer[index])],
            [.. parts.Where((_, index) => !isOptimizer[index] && index != model)]);
    }

    /// <summary>The attributes in the state of an object: dictionaries, the values of slots too, or whatever else the object keeps as its state.</summary>
    public static IEnumerable<object?> Attributes(object? state) => state switch
    {
        null => [],
        PickleTuple { Items: [null or PickleDict, PickleDict] } slots => slots.Items.Where(item => item is not null),
        _ => [state],
    };

    /// <summary>Follows keys that are joined by dots; null when they lead nowhere. A key may hold dots itself.</summary>
    public static object? Find(object? value, string key)
    {
        if (key.Length == 0)
        {
            return value;
        }

        for (var end = key.Length; end > 0; end = key.LastIndexOf('.', end - 1))
        {
            var first = key[..end];
            foreach (var part in Parts(value))
            {
                if (PickleText.Key(part.Key) == first && (end == key.Length ? part.Value : Find(part.Value, key[(end + 1)..])) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    /// <summary>The dictionaries and modules at the top of a checkpoint that have tensors.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Candidates(object? root, PickleTensors search) =>
        Parts(root)
            .SelectMany(part => Below(PickleText.Key(part.Key), part.Value, search))
            .Where(part => search.IsIn(part.Value))
            .DefaultIfEmpty(new("", root));

    /// <summary>Names and numbers of tensors, for messages.</summary>
    public static string List(IEnumerable<KeyValuePair<string, object?>> parts)
    {
        var first = parts.Take(MaxListed + 1).Select(part => $"'{part.Key}' ({Count(part.Value)})").ToArray();
        return string.Join(", ", first.Take(MaxListed)) + (first.Length > MaxListed ? ", …" : "");
    }

    private static string Count(object? value) =>
        PickleTensors.Count(value) is var count && count == 1 ? "1 tensor" : string.Create(CultureInfo.InvariantCulture, $"{count} tensors");

    private static IEnumerable<KeyValuePair<string, object?>> Below(string? name, object? value, PickleTensors search)
    {
        var inner = Parts(value).Where(part => part.Value is PickleDict or PickleObject && search.IsIn(part.Value)).Take(MaxListed).ToArray();
        var onlyContainers = inner.Length > 0 && !Parts(value).Any(part => part.Value is TorchTensor);
        return name is null ? []
            : value is PickleDict && onlyContainers && inner.All(part => part.Key is string)
                ? inner.Select(part => new KeyValuePair<string, object?>(PickleText.Join(name, (string)part.Key!), part.Value))
                : [new(name, value)];
    }

    private static bool IsOptimizer(object? value) =>
        IsOneOptimizer(value) ||
        (Parts(value).Take(MaxOptimizers + 1).Count() is > 0 and <= MaxOptimizers && Parts(value).All(part => IsOneOptimizer(part.Value)));

    private static bool IsOneOptimizer(object? value) =>
        value is PickleDict { Entries.Count: <= MaxOptimizers } dict && dict.Contains("state") && dict.Contains("param_groups");

    private static IEnumerable<KeyValuePair<object?, object?>> Parts(object? value) => value switch
    {
        PickleDict dict => dict.Entries,
        List<object?> list => list.Select((item, index) => new KeyValuePair<object?, object?>((long)index, item)),
        PickleTuple tuple => tuple.Items.Select((item, index) => new KeyValuePair<object?, object?>((long)index, item)),
        PickleObject instance => Attributes(instance.State).SelectMany(Inner).Concat(Parts(instance.Entries)).Concat(Parts(instance.Items)),
        _ => [],
    };

    // A module's members are named without the group that they stand in. An object as the state of another may go on without end.
    private static IEnumerable<KeyValuePair<object?, object?>> Inner(object? state) =>
        Parts(state as PickleDict).SelectMany(part => part.Key is "_parameters" or "_buffers" or "_modules" ? Parts(part.Value) : [part]);
}
