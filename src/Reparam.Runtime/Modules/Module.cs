namespace Reparam.Runtime;

/// <summary>A part of a model: layers, weights and a forward. Its components are named by the emitted <see cref="VisitComponents"/>.</summary>
[Counterpart("TorchSharp.torch+nn+Module")]
public abstract class Module : IDisposable
{
    private readonly string name;
    private List<(string Name, object Component)>? registered;

    /// <summary>Makes a module.</summary>
    /// <param name="name">Name of the kind of module, for messages.</param>
    [Counterpart(".ctor")]
    protected Module(string name)
    {
        this.name = name;
        TensorPool.Local.Construction?.Charge(ConstructionBudget.ObjectBytes);
    }

    /// <summary>False: the run-time evaluates.</summary>
    [Counterpart("training")]
    public bool Training => false;

    /// <summary>Name of the kind of module.</summary>
    [Counterpart("GetName")]
    public virtual string GetName() => name;

    /// <summary>Without effect: the run-time always evaluates.</summary>
    [Counterpart("eval")]
    public virtual void Eval()
    {
    }

    /// <summary>Without effect: the run-time always evaluates.</summary>
    [Counterpart("train")]
    public virtual void Train(bool train = true)
    {
    }

    /// <summary>Hands every component, under the checkpoint's names, to a visitor.</summary>
    public void Accept(ComponentVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        VisitComponents(visitor);
        foreach (var (componentName, component) in registered ?? [])
        {
            switch (component)
            {
                case Module module:
                    visitor.Module(componentName, module);
                    break;
                case Parameter parameter:
                    visitor.Parameter(componentName, parameter);
                    break;
                default:
                    visitor.Buffer(componentName, (Tensor)component);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    [Counterpart("Dispose")]
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Names the components that are fields.</summary>
    /// <param name="visitor">Takes each component once.</param>
    protected virtual void VisitComponents(ComponentVisitor visitor)
    {
    }

    /// <summary>Without effect: components are named by <see cref="VisitComponents"/>.</summary>
    [Counterpart("RegisterComponents")]
    protected virtual void RegisterComponents()
    {
    }

    /// <summary>Names a component that is no field.</summary>
    [Counterpart("register_module")]
    protected void RegisterModule(string name, Module submodule) => (registered ??= []).Add((name, submodule));

    /// <summary>Names a weight that is no field.</summary>
    [Counterpart("register_parameter")]
    protected void RegisterParameter(string name, Parameter param) => (registered ??= []).Add((name, param));

    /// <summary>Names a tensor that is not trained. One that is not persistent is not part of the checkpoint.</summary>
    [Counterpart("register_buffer")]
    protected void RegisterBuffer(string name, Tensor tensor, bool persistent = true)
    {
        tensor.DetachFromScope();
        if (persistent)
        {
            (registered ??= []).Add((name, tensor));
        }
    }

    /// <summary>Weights are left to the garbage collector; an override may release what it made itself.</summary>
    [Counterpart("Dispose")]
    protected virtual void Dispose(bool disposing)
    {
    }
}
