using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// Finds which parts of a pickled object hold tensors, each part looked at once. Parts may be shared and may contain themselves; a part that holds tensors
/// only by way of one that contains it counts as holding none, for they are found under the containing one.
/// </summary>
internal sealed class PickleTensors
{
    private readonly Dictionary<object, bool> known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a value is a tensor, or holds one at any depth.</summary>
    public bool IsIn(object? value)
    {
        if (value is null || IsTensor(value) || !IsContainer(value))
        {
            return value is not null && IsTensor(value);
        }

        if (known.TryGetValue(value, out var holds))
        {
            return holds;
        }

        // Depth first without recursion: a pickle can nest deeper than the call stack.
        var path = new Stack<(object Container, IEnumerator<object?> Children)>();
        known[value] = false;
        path.Push((value, Children(value).GetEnumerator()));
        while (path.TryPeek(out var top))
        {
            if (!top.Children.MoveNext())
            {
                path.Pop();
                if (known[top.Container] && path.TryPeek(out var parent))
                {
                    known[parent.Container] = true;
                }

                continue;
            }

            var child = top.Children.Current;
            if (child is null)
            {
                continue;
            }

            if (IsTensor(child) || (known.TryGetValue(child, out var childHolds) && childHolds))
            {
                known[top.Container] = true;
            }
            else if (IsContainer(child) && known.TryAdd(child, false))
            {
                path.Push((child, Children(child).GetEnumerator()));
            }
        }

        return known[value];
    }

    /// <summary>Number of different tensors in a value, itself included.</summary>
    public static int Count(object? value)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object?>([value]);
        var count = 0;
        while (open.TryPop(out var next))
        {
            if (next is null || !(IsTensor(next) || IsContainer(next)) || !seen.Add(next))
            {
                continue;
            }

            count += IsTensor(next) ? 1 : 0;
            foreach (var child in Children(next))
            {
                open.Push(child);
            }
        }

        return count;
    }

    private static bool IsTensor(object value) => value is TorchTensor or TorchUnsupported or TorchStorage;

    private static bool IsContainer(object value) => value is PickleDict or List<object?> or PickleTuple or PickleObject;

    private static IEnumerable<object?> Children(object value) => value switch
    {
        PickleDict dict => dict.Entries.SelectMany(entry => (IEnumerable<object?>)[entry.Key, entry.Value]).Append(dict.State),
        List<object?> list => list,
        PickleTuple tuple => tuple.Items,
        PickleObject instance => [instance.Arguments, instance.State, instance.Items, instance.Entries],
        _ => [],
    };
}
