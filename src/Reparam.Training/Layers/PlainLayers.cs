using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp.Utils;
using Module = TorchSharp.torch.nn.Module;

namespace Reparam.Training;

/// <summary>
/// Replaces plain layers by emitted ones where no emitted setter does it: in fields, <c>Sequential</c>, <c>ModuleList</c>, <c>ModuleDict</c>, blocks without a
/// mark and what is registered by a call. The emitted <c>RegisterComponents</c> calls it at the end of the constructor, so that the parameters which an
/// optimizer is given afterwards are the emitted layers', under the names that TorchSharp gives.
/// </summary>
/// <remarks>
/// Every place that holds a layer takes the new one: fields (read-only ones too, through reflection, as the constructor has not ended), elements of arrays,
/// lists and dictionaries in fields, elements of containers, and registrations. A layer that lies at several places is replaced once. A place that cannot
/// hold it, such as a field of type <c>Linear</c>, keeps the layer plain everywhere, and <see cref="ReparamWarnings"/> says so. A block of a marked class
/// replaces its own layers.
/// </remarks>
public static class PlainLayers
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Replaces the plain layers of a module.</summary>
    /// <param name="owner">A module of a marked class, before its own fields are registered.</param>
    /// <param name="rules">What becomes of which layers; the first that concerns a layer has it.</param>
    public static void Replace(Module owner, params ReadOnlySpan<PlainLayerRule> rules)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var walk = new Walk(owner, [.. rules]);
        walk.Visit(owner, "");
        walk.ReplaceAll();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_submodules")]
    private static extern ref OrderedDict<string, Module> Registered(Module module);

    /// <summary>Everything that holds a module, found before anything is changed.</summary>
    private sealed class Walk(Module owner, PlainLayerRule[] rules)
    {
        private readonly HashSet<Module> visited = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Module, List<Place>> places = new(ReferenceEqualityComparer.Instance);
        private readonly List<(Module Layer, string Path)> candidates = [];

        /// <summary>Finds the children of a module and where it keeps them.</summary>
        public void Visit(Module module, string path)
        {
            if (!visited.Add(module))
            {
                return;
            }

            var children = new List<(string Name, Module Child)>();
            var registered = Registered(module);
            foreach (var (name, child) in registered)
            {
                children.Add((name, child));
                Keep(child, new Place($"{Join(path, name)}", typeof(Module), layer => registered[name] = layer));
            }

            // A Sequential keeps its modules beside what is registered.
            children.AddRange(module.named_children().Where(child => children.TrueForAll(known => known.Name != child.name)));
            for (var type = module.GetType(); type is not null && type != typeof(Module); type = type.BaseType)
            {
                foreach (var field in type.GetFields(Declared))
                {
                    VisitField(module, field, path, children);
                }
            }

            foreach (var (name, child) in children)
            {
                var below = Join(path, name);
                if (path.Length == 0 && !rules.Any(rule => rule.Concerns(name)))
                {
                    continue;
                }

                if (!candidates.Exists(known => ReferenceEquals(known.Layer, child)))
                {
                    candidates.Add((child, below));
                }

                // What a marked block holds is its own, and an emitted layer holds nothing.
                if (child is not ReparamLayer && !IsMarked(child.GetType()))
                {
                    Visit(child, below);
                }
            }
        }

        /// <summary>Makes the emitted layers and puts them in all places.</summary>
        public void ReplaceAll()
        {
            foreach (var (plain, path) in candidates.Where(candidate => candidate.Layer is not ReparamLayer))
            {
                var held = places.GetValueOrDefault(plain) ?? [];
                var layer = ReparamLayer.Known(plain) as ReparamLayer;
                foreach (var rule in rules)
                {
                    layer ??= rule.Wrap(owner.GetType().Name, path, plain);
                }

                if (layer is null)
                {
                    continue;
                }

                if (held.Find(place => !place.Type.IsInstanceOfType(layer)) is { } narrow)
                {
                    var methods = string.Join(", ", layer.Methods.Select(NameOf));
                    ReparamWarnings.Report(
                        $"{owner.GetType().Name}.{path} stays without {methods}: {narrow.Name} is of type {narrow.Type.Name}, which cannot hold the layer "
                            + "that trains; declare it Module<Tensor, Tensor>.");
                    continue;
                }

                foreach (var place in held)
                {
                    place.Set(layer);
                }
            }
        }

        private void VisitField(Module module, FieldInfo field, string path, List<(string Name, Module Child)> children)
        {
            var name = $"{field.DeclaringType!.Name}.{field.Name}";
            switch (field.GetValue(module))
            {
                case Module child:
                    // A container of TorchSharp has no fields of modules, and a field of the user's is registered under its name.
                    if (!IsOfTorchSharp(field.DeclaringType) && !children.Exists(known => ReferenceEquals(known.Child, child)))
                    {
                        children.Add((field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name, child));
                    }

                    Keep(child, new Place(name, field.FieldType, layer => field.SetValue(module, layer)));
                    break;
                case Module[] array:
                    VisitList(array, array.GetType().GetElementType()!, name);
                    break;
                case IList list when list.GetType() is { IsGenericType: true } type:
                    VisitList(list, type.GetGenericArguments()[0], name);
                    if (module is IEnumerable && IsOfTorchSharp(field.DeclaringType))
                    {
                        ListChildren(list, children);
                    }

                    break;
                case IDictionary dictionary when dictionary.GetType() is { IsGenericType: true } type:
                    VisitDictionary(dictionary, type.GetGenericArguments()[1], name);
                    break;
            }
        }

        // The elements of a list, or of a dictionary's pairs.
        private void VisitList(IList list, Type element, string name)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var at = i;
                switch (list[i])
                {
                    case Module child:
                        Keep(child, new Place($"{name}[{i}]", element, layer => list[at] = layer));
                        break;
                    case ITuple { Length: 2 } pair when pair[1] is Module child && element.IsGenericType:
                        var held = element.GetGenericArguments()[1];
                        Keep(child, new Place($"{name}[{i}]", held, layer => list[at] = Activator.CreateInstance(element, pair[0], layer)));
                        break;
                }
            }
        }

        private void VisitDictionary(IDictionary dictionary, Type element, string name)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                if (entry.Value is Module child)
                {
                    Keep(child, new Place($"{name}[{entry.Key}]", element, layer => dictionary[entry.Key] = layer));
                }
            }
        }

        // What a list or a dictionary of TorchSharp will register, which it does only when it is registered itself.
        private static void ListChildren(IList list, List<(string Name, Module Child)> children)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var (name, child) = list[i] switch
                {
                    ITuple { Length: 2 } pair => ((string)pair[0]!, pair[1] as Module),
                    var element => ($"{i}", element as Module),
                };
                if (child is not null && children.TrueForAll(known => known.Name != name))
                {
                    children.Add((name, child));
                }
            }
        }

        private void Keep(Module child, Place place)
        {
            if (!places.TryGetValue(child, out var all))
            {
                places.Add(child, all = []);
            }

            all.Add(place);
        }
    }

    private static bool IsOfTorchSharp(Type type) => type.Assembly == typeof(Module).Assembly;

    private static bool IsMarked(Type type) =>
        type.IsDefined(typeof(ReparamModuleAttribute), inherit: false) || type.IsDefined(typeof(ReparamModelAttribute), inherit: false);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string NameOf(ReparamAttribute method) => $"[{method.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal)}]";

    /// <summary>A place that holds a module.</summary>
    /// <param name="Name">What the source calls it.</param>
    /// <param name="Type">What it can hold.</param>
    /// <param name="Set">Puts another module there.</param>
    private sealed record Place(string Name, Type Type, Action<Module> Set);
}
