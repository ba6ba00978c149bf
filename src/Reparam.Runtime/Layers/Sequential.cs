using System.Globalization;

namespace Reparam.Runtime;

/// <summary>Modules one after the other. A module without a name of its own is named by its index.</summary>
[Counterpart("TorchSharp.Modules.Sequential")]
public sealed class Sequential : Module<Tensor, Tensor>
{
    private readonly List<(string Name, Module<Tensor, Tensor> Module)> items = [];

    internal Sequential(ReadOnlySpan<Module<Tensor, Tensor>> modules)
        : base(nameof(Sequential))
    {
        foreach (var module in modules)
        {
            Append(module);
        }
    }

    internal Sequential(ReadOnlySpan<(string Name, Module<Tensor, Tensor> Module)> modules)
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

    /// <summary>Adds a module at the end, named by its index.</summary>
    /// <returns>This module.</returns>
    [Counterpart("append")]
    public Sequential Append(Module<Tensor, Tensor> module) => Append(items.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <summary>Adds a named module at the end.</summary>
    /// <returns>This module.</returns>
    [Counterpart("append")]
    public Sequential Append(string name, Module<Tensor, Tensor> module)
    {
        items.Add((name, module));
        return this;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = input;
        foreach (var (_, module) in items)
        {
            x = module.Call(x);
        }

        return x;
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
