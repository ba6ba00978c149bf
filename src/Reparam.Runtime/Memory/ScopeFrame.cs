namespace Reparam.Runtime;

/// <summary>The tensors of one open scope. Frames are used again; the generation tells a handle of an earlier use apart.</summary>
internal sealed class ScopeFrame
{
    private readonly List<Tensor> tensors = [];
    private readonly List<Tensor[]> arrays = [];

    public int Generation { get; private set; }

    public TensorPool? Owner { get; private set; }

    public ScopeFrame? Outer { get; private set; }

    public int Count => tensors.Count;

    public void Open(TensorPool owner)
    {
        Owner = owner;
        Outer = owner.Scope;
        owner.Scope = this;
    }

    public void Add(Tensor tensor)
    {
        tensor.Scope = this;
        tensor.ScopeSlot = tensors.Count;
        tensors.Add(tensor);
    }

    public void Add(Tensor[] array) => arrays.Add(array);

    public void Remove(Tensor tensor)
    {
        var last = tensors[^1];
        tensors[tensor.ScopeSlot] = last;
        last.ScopeSlot = tensor.ScopeSlot;
        tensors.RemoveAt(tensors.Count - 1);
        tensor.Scope = null;
    }

    /// <summary>Ends this scope and those opened inside it.</summary>
    public void Close()
    {
        var owner = Owner!;
        while (owner.Scope is { } innermost && innermost != this)
        {
            innermost.Close();
        }

        owner.Scope = Outer;
        ReleaseAll();
        Generation++;
        Outer = null;
        Owner = null;
        owner.Return(this);
    }

    public void ReleaseAll()
    {
        foreach (var tensor in tensors)
        {
            tensor.Scope = null;
            tensor.Release();
            if (tensor.GetType() == typeof(Tensor))
            {
                Owner!.Return(tensor);
            }
        }

        tensors.Clear();
        foreach (var array in arrays)
        {
            Owner!.Return(array);
        }

        arrays.Clear();
    }
}
