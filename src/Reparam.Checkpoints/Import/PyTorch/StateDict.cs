using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// The tensors of a pickled object under flat names. Every tensor in the object is here, unless the user skips it, it belongs to an optimizer beside the
/// model, or it is a module's attribute that is a parameter, buffer or module again; all three are noted.
/// </summary>
internal sealed class StateDict
{
    // Deeper or larger structures are no state dictionary; shared parts can make a small pickle astronomically large.
    private const int MaxDepth = 100;
    private const int MaxEntries = 1_000_000;
    private const int LongestMetadata = 4096;

    private static readonly string[] ModuleGroups = ["_parameters", "_buffers", "_modules"];

    private readonly PickleTensors search = new();
    private readonly List<KeyValuePair<string, object>> tensors = [];
    private readonly Dictionary<TorchTensor, string> views = new(TorchTensor.SameView);
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> droppedAttributes = new(StringComparer.Ordinal);
    private readonly HashSet<object> path = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> added = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(string Name, object? Value, int Depth)> attributes = new();
    private readonly ImportSelection selection;
    private readonly NameBudget names = new();
    private int entries;
    private int plainAttributes;
    private int repeatedAttributes;
    private bool repeating;

    private StateDict(ImportSelection selection) => this.selection = selection;

    /// <summary>The tensors in the order of the file: a <see cref="TorchTensor"/>, or a <see cref="TorchUnsupported"/> where one cannot be had.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Tensors => tensors;

    /// <summary>Numbers, texts and truth values beside the tensors, as <c>pytorch.KEY</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Flattens an object.</summary>
    /// <param name="root">The object.</param>
    /// <param name="constants">Constants of a TorchScript archive's code, which are named <c>constants.N</c>; null for none.</param>
    /// <param name="selection">What the user wants.</param>
    /// <exception cref="FormatException">The object holds no tensors, or more than one set of them.</exception>
    public static StateDict Of(object? root, object? constants, ImportSelection selection)
    {
        var result = new StateDict(selection);
        if (!result.search.IsIn(root) && !result.search.IsIn(constants))
        {
            throw new FormatException($"found {PickleText.Describe(root)} without a tensor, expected a dictionary of tensors");
        }

        if (selection.Key is { } key)
        {
            result.AddChosen(root, key);
        }
        else
        {
            result.AddRoot(root);
            if (result.search.IsIn(constants))
            {
                result.Add("constants", constants, 1);
            }
        }

        result.Finish();
        return result.tensors.Count > 0 ? result : throw new FormatException("every tensor of the file is left out, expected at least one to import");
    }

    private void AddRoot(object? root)
    {
        if (root is not (PickleDict or List<object?> or PickleTuple))
        {
            Add(root is PickleObject ? "" : "tensor", root, 0);
            return;
        }

        path.Add(root);
        added.Add(root);
        var layout = StateDictLayout.Of(root, search);
        foreach (var (name, value) in layout.Optimizers)
        {
            if (!selection.Skips(name, () => PickleText.Describe(value)))
            {
                selection.LeftOut.Add(() => $"'{name}', the state of an optimizer ({PickleText.Describe(value)})");
            }
        }

        if (layout.Model is not { } model || selection.Skips(model.Key, () => PickleText.Describe(model.Value)))
        {
            foreach (var (name, value) in layout.Others)
            {
                Add(name, value, 1);
            }

            return;
        }

        // What stands beside the model is flattened too: the user may have skipped it tensor by tensor.
        foreach (var (name, value) in layout.Others)
        {
            if (ReferenceEquals(value, model.Value))
            {
                selection.LeftOut.Add(() => $"'{name}', which is '{model.Key}' again");
            }
            else
            {
                Add(name, value, 1);
            }
        }

        if (tensors.Count + attributes.Count > 0)
        {
            var beside = layout.Others.Where(other => search.IsIn(other.Value));
            throw new FormatException(
                $"found {StateDictLayout.List([model])} and beside it {StateDictLayout.List(beside)}: choose with --key NAME, or leave out with --skip NAME");
        }

        path.Add(model.Value!);
        AddContents("", model.Value, 0);
    }

    private void AddChosen(object? root, string key)
    {
        var value = StateDictLayout.Find(root, key);
        if (!search.IsIn(value))
        {
            var candidates = StateDictLayout.List(StateDictLayout.Candidates(root, search));
            throw new FormatException($"found no tensors under the key '{key}', expected one of {candidates}");
        }

        foreach (var (name, other) in StateDictLayout.Of(root, search).All)
        {
            if (name != key && PickleText.Scalar(other) is not null)
            {
                LeaveOut(name, other, 1);
            }
        }

        if (PickleTensors.Count(root) - PickleTensors.Count(value) is > 0 and var others)
        {
            selection.LeftOut.Add(() => $"{others} tensors outside '{key}', as --key says");
        }

        if (value is PickleDict or List<object?> or PickleTuple or PickleObject)
        {
            path.Add(value);
            AddContents("", value, 0);
        }
        else
        {
            Add(key, value, 1);
        }
    }

    private void Finish()
    {
        // Attributes of modules come last, when every parameter and buffer is known: modules keep lists of their own parameters.
        repeating = true;
        while (attributes.TryDequeue(out var attribute))
        {
            Add(attribute.Name, attribute.Value, attribute.Depth);
        }

        if (plainAttributes > 0)
        {
            selection.LeftOut.Add(() => $"{plainAttributes} attributes of objects that hold no tensor");
        }

        if (repeatedAttributes > 0)
        {
            selection.LeftOut.Add(() => $"{repeatedAttributes} attributes of modules that are parameters, buffers or modules again");
        }

        foreach (var (attribute, count) in droppedAttributes)
        {
            selection.LeftOut.Add(() => $"{attribute} of {(count == 1 ? "a tensor" : $"{count} tensors")}: the values are kept");
        }
    }

    private void Add(string name, object? value, int depth)
    {
        RequireBounded(name, depth);
        if (!search.IsIn(value))
        {
            LeaveOut(name, value, depth);
            return;
        }

        if (name.Length > 0 && selection.Skips(name, () => PickleText.Describe(value)))
        {
            return;
        }

        switch (value)
        {
            case TorchTensor tensor:
                AddTensor(name, tensor);
                break;
            case TorchUnsupported:
                Keep(name, value);
                break;
            case TorchStorage:
                Keep(name, new TorchUnsupported(PickleText.Describe(value)));
                break;
            default:
                if (repeating && added.Contains(value!))
                {
                    // A module's way back to the one that it is part of, for instance: everything in it has its name, or waits for it.
                    repeatedAttributes++;
                    break;
                }

                if (!path.Add(value!))
                {
                    selection.LeftOut.Add(() => $"'{name}', which contains itself: its tensors have a shorter name");
                    break;
                }

                AddContents(name, value, depth);
                path.Remove(value!);
                break;
        }
    }

    private void RequireBounded(string name, int depth)
    {
        if (depth > MaxDepth || ++entries > MaxEntries || name.Length > NameBudget.LongestName)
        {
            throw new FormatException(
                $"found more than {MaxDepth} levels, {MaxEntries} entries or {NameBudget.LongestName} letters in a name, expected a dictionary of tensors");
        }
    }

    private void AddTensor(string name, TorchTensor tensor)
    {
        if (repeating && views.ContainsKey(tensor))
        {
            repeatedAttributes++;
            return;
        }

        if (search.IsIn(tensor.State))
        {
            var count = PickleTensors.Count(tensor.State);
            Keep(name, new TorchUnsupported($"a tensor with attributes that hold {count} more ({tensor.Subclass ?? "torch.Tensor"})"));
            return;
        }

        if (tensor.Subclass is { } subclass)
        {
            Count($"the class {subclass}");
        }

        var attributes = tensor.State is PickleTuple { Items: [PickleDict first, ..] } ? first : tensor.State as PickleDict;
        foreach (var (key, _) in attributes?.Entries ?? [])
        {
            Count($"the attribute '{PickleText.Describe(key)}'");
        }

        views.TryAdd(tensor, name);
        Keep(name, tensor);
    }

    private void Keep(string name, object tensor)
    {
        names.Add(name);
        tensors.Add(new(name, tensor));
    }

    // A made-up file has as many different attributes as it likes.
    private void Count(string attribute)
    {
        if (droppedAttributes.Count < 1000 || droppedAttributes.ContainsKey(attribute))
        {
            droppedAttributes[attribute] = droppedAttributes.GetValueOrDefault(attribute) + 1;
        }
    }

    private void AddContents(string name, object? value, int depth)
    {
        RequireBounded(name, depth);
        added.Add(value!);
        switch (value)
        {
            case PickleDict dict:
                AddEntries(name, dict, depth);
                break;
            case List<object?> list:
                AddItems(name, list, depth);
                break;
            case PickleTuple tuple:
                AddItems(name, tuple.Items, depth);
                break;
            case PickleObject instance:
                AddObject(name, instance, depth);
                break;
            default:
                Add(name, value, depth);
                break;
        }
    }

    private void AddEntries(string name, PickleDict dict, int depth)
    {
        foreach (var (key, item) in dict.Entries)
        {
            if (PickleText.Key(key) is { } text)
            {
                Add(PickleText.Join(name, text), item, depth + 1);
            }
            else if (search.IsIn(item) || search.IsIn(key))
            {
                throw new FormatException($"found the key {PickleText.Describe(key)} in '{name}' in front of tensors, expected text or an integer");
            }
        }

        if (search.IsIn(dict.State))
        {
            AddContents(name, dict.State, depth + 1);
        }
    }

    private void AddItems(string name, IReadOnlyList<object?> items, int depth)
    {
        for (var i = 0; i < items.Count; i++)
        {
            Add(PickleText.Join(name, PickleText.Index(i)), items[i], depth + 1);
        }
    }

    private void AddObject(string name, PickleObject instance, int depth)
    {
        if (search.IsIn(instance.Arguments))
        {
            var count = PickleTensors.Count(instance.Arguments);
            var what = $"an object that {instance.ClassName} makes of {count} tensors, which is not understood";
            Keep(name.Length == 0 ? "tensor" : name, new TorchUnsupported(what));
            return;
        }

        foreach (var part in StateDictLayout.Attributes(instance.State))
        {
            if (part is PickleDict module && ModuleGroups.All(module.Contains))
            {
                AddModule(name, module, depth);
            }
            else if (part is PickleDict plain)
            {
                foreach (var (key, item) in plain.Entries)
                {
                    AddAttribute(PickleText.Join(name, PickleText.Key(key) ?? PickleText.Describe(key)), item, depth + 1);
                }
            }
            else if (search.IsIn(part))
            {
                AddContents(name, part, depth + 1);
            }
        }

        AddItems(name, instance.Items ?? [], depth);
        if (instance.Entries is { } own)
        {
            AddEntries(name, own, depth);
        }
    }

    private void AddModule(string name, PickleDict module, int depth)
    {
        foreach (var (key, value) in module.Entries)
        {
            if (key is not string group || !ModuleGroups.Contains(group))
            {
                Defer(PickleText.Join(name, PickleText.Key(key) ?? PickleText.Describe(key)), value, depth + 1);
            }
        }

        foreach (var group in ModuleGroups)
        {
            var members = module.Find(group) switch
            {
                PickleDict dict => dict,
                PickleObject { Entries: { } dict } => dict,
                _ => new PickleDict(),
            };
            foreach (var (key, value) in members.Entries)
            {
                var member = PickleText.Join(name, PickleText.Key(key) ?? PickleText.Describe(key));
                if (value is not null && group != "_modules")
                {
                    // Parameters and buffers hold tensors; what is none is told by name.
                    Add(member, value, depth + 2);
                }
                else
                {
                    AddAttribute(member, value, depth + 1);
                }
            }
        }
    }

    private void AddAttribute(string name, object? value, int depth)
    {
        if (search.IsIn(value))
        {
            Add(name, value, depth);
        }
        else if (value is not null)
        {
            plainAttributes++;
        }
    }

    private void Defer(string name, object? value, int depth)
    {
        if (search.IsIn(value))
        {
            attributes.Enqueue((name, value, depth));
        }
        else if (value is not null)
        {
            plainAttributes++;
        }
    }

    private void LeaveOut(string name, object? value, int depth)
    {
        if (depth == 1 && PickleText.Scalar(value) is { Length: <= LongestMetadata } text)
        {
            metadata[$"pytorch.{name}"] = text;
        }
        else
        {
            selection.LeftOut.Add(() => $"'{PickleText.Shorten(name)}' ({PickleText.DescribeWithoutTensors(value)})");
        }
    }
}
