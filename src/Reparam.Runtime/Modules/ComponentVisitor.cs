using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

/// <summary>Walks the components of a module with their full names in the checkpoint (<c>blocks.0.query.weight</c>).</summary>
public abstract class ComponentVisitor
{
    // Two members that hold one tensor go on holding one.
    private static readonly ConditionalWeakTable<Tensor, Parameter> PackableForms = [];

    private string prefix = string.Empty;
    private Module? owner;

    /// <summary>Whether the components of a module within are walked too.</summary>
    private protected virtual bool Descends => true;

    /// <summary>Takes a module and walks its components; null is passed over.</summary>
    /// <param name="name">Name within the current module.</param>
    /// <param name="module">The module.</param>
    public void Module(string name, Module? module)
    {
        if (module is null)
        {
            return;
        }

        OnModule(prefix + name, module);
        if (!Descends)
        {
            return;
        }

        var outer = prefix;
        prefix = $"{outer}{name}.";
        module.Accept(this);
        prefix = outer;
    }

    /// <summary>Takes a weight; null is passed over.</summary>
    /// <param name="name">Name within the current module.</param>
    /// <param name="parameter">The weight.</param>
    public void Parameter(string name, Parameter? parameter)
    {
        if (parameter is not null)
        {
            OnParameter(prefix + name, parameter);
        }
    }

    /// <summary>Takes a tensor that is stored but not trained; null is passed over.</summary>
    /// <param name="name">Name within the current module.</param>
    /// <param name="buffer">The tensor.</param>
    public void Buffer(string name, Tensor? buffer)
    {
        if (buffer is not null && owner?.IsTemporary(name) != true)
        {
            OnBuffer(prefix + name, buffer);
        }
    }

    /// <summary>Takes a weight that products of the module itself read, so that it may be packed; null is passed over.</summary>
    /// <param name="name">Name within the current module.</param>
    /// <param name="weight">The weight.</param>
    public void Weight(string name, Parameter? weight)
    {
        if (weight is { Rank: 2 })
        {
            weight.MayBePacked = true;
        }

        Parameter(name, weight);
    }

    /// <summary>Takes a tensor that is stored but not trained, and that products of the module itself read as a weight; null is passed over.</summary>
    /// <param name="name">Name within the current module.</param>
    /// <param name="weight">The tensor.</param>
    /// <returns>The tensor in a form that may be packed, which the module keeps from now on: the same for the same tensor.</returns>
    public Tensor? Weight(string name, Tensor? weight)
    {
        if (weight is { Rank: 2, Dtype: DType.Float32 } and not Runtime.Parameter)
        {
            weight = PackableForms.GetValue(weight, static tensor => new Parameter(tensor) { MayBePacked = true });
        }

        Buffer(name, weight);
        return weight;
    }

    /// <summary>Begins the components of a module.</summary>
    /// <returns>The module whose components were walked before.</returns>
    internal Module? Begin(Module? module)
    {
        var outer = owner;
        owner = module;
        return outer;
    }

    /// <summary>Takes a tensor that is neither trained nor stored.</summary>
    /// <param name="name">Name within the current module.</param>
    /// <param name="buffer">The tensor.</param>
    internal void Temporary(string name, Tensor buffer) => OnTemporary(prefix + name, buffer);

    /// <summary>Names a tensor that a checkpoint may have and the run-time does not need.</summary>
    /// <param name="name">Name within the current module.</param>
    public void Unused(string name) => OnUnused(prefix + name);

    /// <summary>Called for each module, before its components.</summary>
    private protected virtual void OnModule(string name, Module module)
    {
    }

    /// <summary>Called for each weight.</summary>
    /// <param name="name">Full name.</param>
    /// <param name="parameter">The weight.</param>
    protected abstract void OnParameter(string name, Parameter parameter);

    /// <summary>Called for each buffer.</summary>
    /// <param name="name">Full name.</param>
    /// <param name="buffer">The tensor.</param>
    protected abstract void OnBuffer(string name, Tensor buffer);

    /// <summary>Called for each tensor that is neither trained nor stored.</summary>
    private protected virtual void OnTemporary(string name, Tensor buffer)
    {
    }

    /// <summary>Called for each tensor that is not needed.</summary>
    /// <param name="name">Full name.</param>
    protected virtual void OnUnused(string name)
    {
    }
}
