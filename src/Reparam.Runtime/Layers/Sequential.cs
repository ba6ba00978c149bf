using System.Globalization;
using System.Runtime.CompilerServices;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>Modules one after the other. A module without a name of its own is named by its index.</summary>
[Counterpart("TorchSharp.Modules.Sequential")]
public class Sequential : Module<Tensor, Tensor>
{
    private readonly List<(string Name, Module<Tensor, Tensor> Module)> items = [];

    /// <summary>Takes modules that are named by their index.</summary>
    [Counterpart(".ctor")]
    [OverloadResolutionPriority(1)]
    protected internal Sequential(params ReadOnlySpan<Module<Tensor, Tensor>> modules)
        : base(nameof(Sequential))
    {
        foreach (var module in modules)
        {
            Append(module);
        }
    }

    /// <summary>Takes modules with names.</summary>
    [Counterpart(".ctor")]
    protected internal Sequential(params ReadOnlySpan<(string, Module<Tensor, Tensor>)> modules)
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
    public IModule<Tensor, Tensor> this[int index] => items[index].Module;

    /// <summary>The modules from one position to before another, in a sequence of their own that names them anew.</summary>
    [Counterpart("SequentialItems")]
    public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? Count);

    /// <summary>The modules of a range, in a sequence of their own that names them anew.</summary>
    [Counterpart("SequentialItems")]
    public Sequential this[Range index] => Slice(index.Start.GetOffset(Count), index.End.GetOffset(Count));

    /// <summary>Adds a module at the end, named by its index.</summary>
    /// <returns>This module.</returns>
    /// <exception cref="ArgumentException">What is to be added is no module of its own.</exception>
    [Counterpart("append")]
    public Sequential Append(IModule<Tensor, Tensor> module) => Append(items.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <summary>Adds a named module at the end.</summary>
    /// <returns>This module.</returns>
    /// <exception cref="ArgumentException">What is to be added is no module of its own.</exception>
    [Counterpart("append")]
    public Sequential Append(string name, IModule<Tensor, Tensor> module)
    {
        items.Add((name, module as Module<Tensor, Tensor> ?? throw new ArgumentException(
            $"Sequential: '{name}' must be a Module<Tensor, Tensor>, but is {module?.GetType().Name ?? "null"}.", nameof(module))));
        return this;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = input;
        for (var i = 0; i < items.Count;)
        {
            x = Next(ref i, x);
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

    // A module; with a convolution, the batch norm and the activation that follow it.
    private Tensor Next(ref int at, Tensor x)
    {
        var module = items[at++].Module;
        if (module is not Convolution convolution)
        {
            return module.Call(x);
        }

        var next = at;
        var norm = next < items.Count ? items[next].Module as BatchNorm : null;
        next += norm is null ? 0 : 1;
        var activation = next < items.Count ? ActivationOf(items[next].Module) : Activation.None;
        next += activation == Activation.None ? 0 : 1;
        if (next == at || convolution.TryForward(x, norm, null, activation) is not { } result)
        {
            return module.Call(x);
        }

        at = next;
        return result;
    }

    private static Activation ActivationOf(Module module) => module switch
    {
        ReLU => Activation.ReLU,
        SiLU => Activation.SiLU,
        _ => Activation.None,
    };

    private Sequential Slice(int start, int end)
    {
        if (start < 0 || end > Count || start > end)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"Sequential: there is no range {start}..{end} in {Count} modules.");
        }

        var part = new Sequential([]);
        foreach (var (name, module) in items[start..end])
        {
            part.Append(name, module);
        }

        return part;
    }
}
