namespace Reparam.Runtime;

/// <content>What a module is made of, by name, in the order in which TorchSharp lists it.</content>
public abstract partial class Module
{
    /// <summary>The modules directly within this one.</summary>
    [Counterpart("_internal_submodules")]
    protected OrderedDict<string, Module> InternalSubmodules => new(DirectComponents.Of(this).Modules);

    /// <summary>The weights of this module itself.</summary>
    [Counterpart("_internal_params")]
    protected OrderedDict<string, Parameter> InternalParams => new(DirectComponents.Of(this).Parameters);

    /// <summary>The tensors of this module itself that are not trained, each with whether it is part of the checkpoint.</summary>
    [Counterpart("_internal_buffers")]
    protected OrderedDict<string, (Tensor, bool)> InternalBuffers
    {
        get
        {
            var own = DirectComponents.Of(this);
            return new(own.Buffers.Select(buffer => (buffer.Name, (buffer.Component, true)))
                .Concat(own.Temporaries.Select(buffer => (buffer.Name, (buffer.Component, false)))));
        }
    }

    /// <summary>The weights, each once.</summary>
    /// <param name="recurse">Whether those of the modules within count too.</param>
    [Counterpart("named_parameters")]
    public virtual IEnumerable<(string name, Parameter parameter)> NamedParameters(bool recurse = true) =>
        Walk(recurse, components => components.Parameters);

    /// <summary>The weights, each once.</summary>
    /// <param name="recurse">Whether those of the modules within count too.</param>
    [Counterpart("parameters")]
    public virtual IEnumerable<Parameter> Parameters(bool recurse = true) => NamedParameters(recurse).Select(named => named.parameter);

    /// <summary>The tensors of the checkpoint that are not trained, each once.</summary>
    /// <param name="recurse">Whether those of the modules within count too.</param>
    /// <param name="include_nonpersistent">Without effect, as in TorchSharp: what is no part of the checkpoint is never listed.</param>
    [Counterpart("named_buffers")]
    public virtual IEnumerable<(string name, Tensor buffer)> NamedBuffers(bool recurse = true, bool include_nonpersistent = true) =>
        Walk(recurse, components => components.Buffers);

    /// <summary>The tensors of the checkpoint that are not trained, each once.</summary>
    /// <param name="recurse">Whether those of the modules within count too.</param>
    /// <param name="include_nonpersistent">Without effect, as in TorchSharp: what is no part of the checkpoint is never listed.</param>
    [Counterpart("buffers")]
    public virtual IEnumerable<Tensor> Buffers(bool recurse = true, bool include_nonpersistent = true) =>
        NamedBuffers(recurse, include_nonpersistent).Select(named => named.buffer);

    /// <summary>The modules directly within this one.</summary>
    [Counterpart("named_children")]
    public virtual IEnumerable<(string name, Module module)> NamedChildren() => DirectComponents.Of(this).Modules;

    /// <summary>The modules directly within this one.</summary>
    [Counterpart("children")]
    public virtual IEnumerable<Module> Children() => NamedChildren().Select(named => named.module);

    /// <summary>All modules within this one: its own, then those within each of them. This one is not among them.</summary>
    [Counterpart("named_modules")]
    public virtual IEnumerable<(string name, Module module)> NamedModules()
    {
        var own = DirectComponents.Of(this).Modules;
        return own.Concat(own.SelectMany(child => child.Component.NamedModules().Select(inner => ($"{child.Name}.{inner.name}", inner.module))));
    }

    /// <summary>All modules within this one, in the order of <see cref="NamedModules"/>.</summary>
    [Counterpart("modules")]
    public virtual IEnumerable<Module> Modules() => NamedModules().Select(named => named.module);

    /// <summary>Calls a function for every module within this one, then for this one.</summary>
    /// <returns>This module.</returns>
    [Counterpart("apply")]
    public virtual Module Apply(Action<Module> fn)
    {
        ArgumentNullException.ThrowIfNull(fn);
        foreach (var child in Children())
        {
            child.Apply(fn);
        }

        fn(this);
        return this;
    }

    /// <summary>Weights and persistent tensors by name. They are the module's own, not copies.</summary>
    /// <param name="destination">What they are added to; a new dictionary when null.</param>
    /// <param name="prefix">What the names begin with.</param>
    [Counterpart("state_dict")]
    public virtual Dictionary<string, Tensor> StateDict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        destination ??= [];
        foreach (var (name, parameter) in NamedParameters())
        {
            destination.TryAdd(string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}", parameter);
        }

        foreach (var (name, buffer) in NamedBuffers())
        {
            destination.TryAdd(string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}", buffer);
        }

        // What several modules share has all of its names.
        foreach (var (name, child) in NamedChildren())
        {
            child.StateDict(destination, string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}");
        }

        return destination;
    }

    /// <summary>Whether there is a weight of a name.</summary>
    [Counterpart("has_parameter")]
    public virtual bool HasParameter(string target) => NamedParameters().Any(named => named.name == target);

    /// <summary>Whether there is a tensor of a name that is not trained, part of the checkpoint or not.</summary>
    [Counterpart("has_buffer")]
    public virtual bool HasBuffer(string target) => GetBuffer(target) is not null;

    /// <summary>The weight of a name; null if there is none.</summary>
    [Counterpart("get_parameter")]
    public virtual Parameter? GetParameter(string target) => NamedParameters().FirstOrDefault(named => named.name == target).parameter;

    /// <summary>The tensor of a name that is not trained, part of the checkpoint or not; null if there is none.</summary>
    [Counterpart("get_buffer")]
    public virtual Tensor? GetBuffer(string target) =>
        Walk(recurse: true, components => components.Buffers.Concat(components.Temporaries)).FirstOrDefault(named => named.Item1 == target).Item2;

    // Own components first, then those of each module within; each once, whatever its names.
    private IEnumerable<(string, T)> Walk<T>(bool recurse, Func<DirectComponents, IEnumerable<(string Name, T Component)>> choose)
        where T : class
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        return Inner(this, string.Empty);

        IEnumerable<(string, T)> Inner(Module module, string prefix)
        {
            var components = DirectComponents.Of(module);
            foreach (var (name, component) in choose(components))
            {
                if (seen.Add(component))
                {
                    yield return (prefix + name, component);
                }
            }

            foreach (var (name, child) in recurse ? components.Modules : [])
            {
                foreach (var inner in Inner(child, $"{prefix}{name}."))
                {
                    yield return inner;
                }
            }
        }
    }
}
