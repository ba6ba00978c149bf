using System.Globalization;

namespace Reparam.Runtime;

/// <summary>Modules of any kind in order, for a class that says in its forward how six inputs go through them.</summary>
[Counterpart("TorchSharp.Modules.Sequential`7")]
public abstract class Sequential<T1, T2, T3, T4, T5, T6, TResult> : Module<T1, T2, T3, T4, T5, T6, TResult>
{
    private readonly List<(string Name, Module Module)> items = [];

    /// <summary>Takes modules that are named by their index.</summary>
    [Counterpart(".ctor")]
    protected Sequential(params ReadOnlySpan<Module> modules)
        : base(nameof(Sequential))
    {
        foreach (var module in modules)
        {
            Append(module);
        }
    }

    /// <summary>Takes modules with names.</summary>
    [Counterpart(".ctor")]
    protected Sequential(params ReadOnlySpan<(string, Module)> modules)
        : base(nameof(Sequential))
    {
        foreach (var (name, module) in modules)
        {
            Append(name, module);
        }
    }

    /// <summary>Number of modules.</summary>
    [Counterpart("Count")]
    public int Count => items.Count;

    /// <summary>The module at a position.</summary>
    [Counterpart("SequentialItems")]
    public Module this[int index] => items[index].Module;

    /// <summary>Adds a module at the end, named by its index.</summary>
    /// <returns>This module.</returns>
    [Counterpart("append")]
    public Sequential<T1, T2, T3, T4, T5, T6, TResult> Append(Module module) => Append(items.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <summary>Adds a named module at the end.</summary>
    /// <returns>This module.</returns>
    [Counterpart("append")]
    public Sequential<T1, T2, T3, T4, T5, T6, TResult> Append(string name, Module module)
    {
        items.Add((name, module));
        return this;
    }

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        foreach (var (name, module) in items)
        {
            visitor.Module(name, module);
        }
    }
}
