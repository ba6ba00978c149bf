namespace Reparam.Runtime;

/// <summary>A part of a model: layers, weights and a forward. Its components are named by the emitted <see cref="VisitComponents"/>.</summary>
[Counterpart("TorchSharp.torch+nn+Module")]
public abstract partial class Module : IDisposable
{
    private List<(string Name, object Component, bool IsPersistent)>? registered;

    // How many of the registered components come before the fields.
    private int fieldsAt;
    private bool areFieldsPlaced;

    /// <summary>Makes a module.</summary>
    /// <param name="name">Name of the kind of module, for messages.</param>
    [Counterpart(".ctor")]
    protected Module(string name)
    {
        Name = name;
        TensorPool.Local.Construction?.Charge(ConstructionBudget.ObjectBytes);
    }

    /// <summary>False: the run-time evaluates.</summary>
    [Counterpart("training")]
    public bool Training => false;

    /// <summary>Name of the kind of module.</summary>
    [Counterpart("name")]
    protected string Name { get; }

    /// <summary>Name of the kind of module.</summary>
    [Counterpart("GetName")]
    public virtual string GetName() => Name;

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

    /// <summary>Without effect: there are no gradients.</summary>
    [Counterpart("zero_grad")]
    public virtual void ZeroGrad(bool set_to_none = true)
    {
    }

    /// <summary>Hands every component, under the checkpoint's names, to a visitor.</summary>
    public void Accept(ComponentVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        var outer = visitor.Begin(this);
        VisitRegistered(visitor, 0, fieldsAt);
        VisitComponents(visitor);
        VisitRegistered(visitor, fieldsAt, registered?.Count ?? 0);
        visitor.Begin(outer);
    }

    /// <summary>Whether a name is that of a tensor which is no part of the checkpoint, though a field of the name may hold it.</summary>
    internal bool IsTemporary(string name) => registered?.Exists(known => known.Name == name && !known.IsPersistent) == true;

    /// <inheritdoc/>
    [Counterpart("Dispose")]
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Names a component that is no field.</summary>
    [Counterpart("register_module")]
    public virtual void RegisterModule(string name, Module submodule) => Register(name, submodule, isPersistent: true);

    /// <summary>Names a component that is no field.</summary>
    [Counterpart("add_module")]
    public void AddModule(string name, Module module) => RegisterModule(name, module);

    /// <summary>Names a weight that is no field.</summary>
    [Counterpart("register_parameter")]
    public virtual void RegisterParameter(string name, Parameter? param) => Register(name, param, isPersistent: true);

    /// <summary>Names a tensor that is not trained. One that is not persistent is not part of the checkpoint.</summary>
    [Counterpart("register_buffer")]
    public virtual void RegisterBuffer(string name, Tensor? tensor, bool persistent = true)
    {
        tensor?.DetachFromScope();
        Register(name, tensor, persistent);
    }

    /// <summary>Names the components that are fields.</summary>
    /// <param name="visitor">Takes each component once.</param>
    protected virtual void VisitComponents(ComponentVisitor visitor)
    {
    }

    /// <summary>
    /// Says where the components that are fields stand: behind what is registered up to the first call. <see cref="VisitComponents"/> names them.
    /// </summary>
    [Counterpart("RegisterComponents")]
    protected virtual void RegisterComponents()
    {
        fieldsAt = areFieldsPlaced ? fieldsAt : registered?.Count ?? 0;
        areFieldsPlaced = true;
    }

    /// <summary>Weights are left to the garbage collector; an override may release what it made itself.</summary>
    [Counterpart("Dispose")]
    protected virtual void Dispose(bool disposing)
    {
    }

    private void VisitRegistered(ComponentVisitor visitor, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var (name, component, isPersistent) = registered![i];
            switch (component)
            {
                case Module module:
                    visitor.Module(name, module);
                    break;
                case Parameter parameter:
                    visitor.Parameter(name, parameter);
                    break;
                case Tensor buffer when isPersistent:
                    visitor.Buffer(name, buffer);
                    break;
                case Tensor buffer:
                    visitor.Temporary(name, buffer);
                    break;
            }
        }
    }

    // The last component of a name counts, in the place of the first.
    private void Register(string name, object? component, bool isPersistent)
    {
        var known = registered?.FindIndex(other => other.Name == name) ?? -1;
        if (component is null)
        {
            return;
        }

        if (known >= 0)
        {
            registered![known] = (name, component, isPersistent);
        }
        else
        {
            (registered ??= []).Add((name, component, isPersistent));
        }
    }
}
