using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reparam.Training;

// State by its name in the state dict. Tensors are looked up at each use because Module.to() replaces the registered objects.
public abstract partial class ReparamLayer
{
    private readonly List<string> pathStates = [];

    /// <summary>Names of the side path's parameters and buffers in the layer's state dict; empty before adaptation.</summary>
    public IReadOnlyList<string> PathStates => pathStates;

    /// <summary>A parameter of a method.</summary>
    /// <param name="name">Name in the state dict.</param>
    protected Parameter StateParameter(string name) => get_parameter(name)!;

    /// <summary>A parameter that a method may leave out.</summary>
    /// <param name="name">Name in the state dict.</param>
    protected Parameter? OptionalParameter(string name) => has_parameter(name) ? get_parameter(name) : null;

    /// <summary>A buffer of a method.</summary>
    /// <param name="name">Name in the state dict.</param>
    protected Tensor StateBuffer(string name) => get_buffer(name)!;

    /// <summary>A buffer that a method may leave out.</summary>
    /// <param name="name">Name in the state dict.</param>
    protected Tensor? OptionalBuffer(string name) => has_buffer(name) ? get_buffer(name) : null;

    /// <summary>Registers a parameter, or copies into the one that is registered when the shapes agree. Null is not registered.</summary>
    /// <param name="name">Name in the state dict.</param>
    /// <param name="value">The parameter; taken over.</param>
    protected void KeepParameter(string name, Parameter? value)
    {
        if (value is null)
        {
            return;
        }

        if (has_parameter(name) && CopyInto(StateParameter(name), value))
        {
            return;
        }

        // TorchSharp's own save takes contiguous tensors alone, and a method may give a view of something larger.
        if (!value.is_contiguous())
        {
            using var noGrad = no_grad();
            value = new Parameter(value.detach().contiguous(), value.requires_grad);
        }

        value.DetachFromDisposeScope();
        if (has_parameter(name))
        {
            ConditionallyRegisterParameter(name, value);
        }
        else
        {
            register_parameter(name, value);
        }
    }

    /// <summary>Registers a buffer, or copies into the one that is registered when the shapes agree. Null is not registered.</summary>
    /// <param name="name">Name in the state dict.</param>
    /// <param name="value">The tensor; taken over.</param>
    protected void KeepBuffer(string name, Tensor? value)
    {
        if (value is null)
        {
            return;
        }

        if (has_buffer(name) && CopyInto(StateBuffer(name), value))
        {
            return;
        }

        using var copy = value.detach().clone();
        var kept = copy.contiguous().DetachFromDisposeScope();
        if (has_buffer(name))
        {
            ConditionallyRegisterBuffer(name, kept, true);
        }
        else
        {
            register_buffer(name, kept);
        }
    }

    /// <summary>As <see cref="KeepParameter"/>, for a parameter of the side path.</summary>
    /// <param name="name">Name in the state dict.</param>
    /// <param name="value">The parameter; taken over.</param>
    protected void KeepPathParameter(string name, Parameter? value)
    {
        KeepParameter(name, value);
        NotePathState(name, value);
    }

    /// <summary>As <see cref="KeepBuffer"/>, for a buffer of the side path.</summary>
    /// <param name="name">Name in the state dict.</param>
    /// <param name="value">The tensor; taken over.</param>
    protected void KeepPathBuffer(string name, Tensor? value)
    {
        KeepBuffer(name, value);
        NotePathState(name, value);
    }

    private static bool CopyInto(Tensor registered, Tensor value)
    {
        if (!registered.shape.SequenceEqual(value.shape))
        {
            return false;
        }

        using var noGrad = no_grad();
        registered.copy_(value);
        return true;
    }

    private void NotePathState(string name, Tensor? value)
    {
        if (value is not null && !pathStates.Contains(name))
        {
            pathStates.Add(name);
        }
    }
}
