namespace Reparam.Runtime;

/// <content>What a tensor says of itself, and switches of training, which have no effect here.</content>
public partial class Tensor
{
    /// <summary>Number of dimensions.</summary>
    [Counterpart("Dimensions")]
    public long Dimensions => Rank;

    /// <summary>Number of elements.</summary>
    [Counterpart("NumberOfElements")]
    public long NumberOfElements => Count;

    /// <summary>Bytes of an element.</summary>
    [Counterpart("ElementSize")]
    public long ElementBytes => ElementTypes.Width(Dtype);

    /// <summary>The processor.</summary>
    [Counterpart("device_type")]
    public DeviceType DeviceType => DeviceType.CPU;

    /// <summary>−1: there is one device.</summary>
    [Counterpart("device_index")]
    public int DeviceIndex => -1;

    /// <summary>False: everything runs on the processor.</summary>
    [Counterpart("is_cuda")]
    public bool IsCuda => false;

    /// <summary>False: every tensor has values.</summary>
    [Counterpart("is_meta")]
    public bool IsMeta => false;

    /// <summary>False: every tensor is dense.</summary>
    [Counterpart("is_sparse")]
    public bool IsSparse => false;

    /// <summary>True: there is no gradient.</summary>
    [Counterpart("is_leaf")]
    public bool IsLeaf => true;

    /// <summary>False: there is no gradient. Setting it has no effect.</summary>
    [Counterpart("requires_grad")]
    public bool RequiresGrad
    {
        get => false;
        set => _ = value;
    }

    /// <summary>The gradient: null, as there is none.</summary>
    [Counterpart("grad")]
    public Tensor? Grad => null;

    /// <summary>True: everything runs on the processor.</summary>
    [Counterpart("is_cpu")]
    public bool IsCpu() => true;

    /// <summary>False: elements are not quantized.</summary>
    [Counterpart("is_quantized")]
    public bool IsQuantized() => false;

    /// <summary>False: conjugates are computed when they are asked for.</summary>
    [Counterpart("is_conj")]
    public bool IsConj() => false;

    /// <summary>False: opposites are computed when they are asked for.</summary>
    [Counterpart("is_neg")]
    public bool IsNeg() => false;

    /// <summary>Bytes of an element.</summary>
    [Counterpart("element_size")]
    public long ElementSize() => ElementTypes.Width(Dtype);

    /// <summary>Elements of the memory before the first of this tensor.</summary>
    [Counterpart("storage_offset")]
    public long StorageOffset() => HasData ? offset : 0;

    /// <summary>Whether the only element differs from zero.</summary>
    [Counterpart("is_nonzero")]
    public bool IsNonzero() => Only().ToBoolean();

    /// <summary>The only element as a number.</summary>
    [Counterpart("ToScalar")]
    public Scalar ToScalar() => Only();

    /// <summary>The elements, to be read and written in their order.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <exception cref="InvalidOperationException">The element type differs.</exception>
    [Counterpart("data")]
    public TensorAccessor<T> Data<T>()
        where T : unmanaged => new(this);

    /// <summary>Without effect: there is no gradient.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("requires_grad_")]
    public Tensor RequiresGrad_(bool requires_grad = true) => this;

    /// <summary>Without effect: there is no gradient.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("with_requires_grad")]
    public Tensor WithRequiresGrad(bool requires_grad = true) => this;

    /// <summary>Without effect: there is no gradient.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("detach_")]
    public Tensor Detach_() => this;

    /// <summary>Without effect: there is no gradient.</summary>
    [Counterpart("retain_grad")]
    public void RetainGrad()
    {
    }

    /// <summary>A view: there is one device.</summary>
    [Counterpart("cuda")]
    public Tensor CudaView(Device? device = null, bool non_blocking = false) => Alias();

    /// <summary>A view: there is one device.</summary>
    [Counterpart("mps")]
    public Tensor Mps(bool non_blocking = false) => Alias();

    /// <summary>A view: there is one device.</summary>
    [Counterpart("pin_memory")]
    public Tensor PinMemory() => Alias();

    /// <summary>A view: every tensor is dense.</summary>
    [Counterpart("to_dense")]
    public Tensor ToDense() => Alias();

    /// <summary>A view: opposites are computed when they are asked for.</summary>
    [Counterpart("resolve_neg")]
    public Tensor ResolveNeg() => Alias();

    /// <summary>Takes the tensor out of every scope: it lives as long as it is referenced.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("DetachFromDisposeScope")]
    public Tensor DetachFromDisposeScope() => DetachFromScope();

    /// <summary>Takes the tensor out of every scope: it lives as long as it is referenced. (The spelling is TorchSharp's.)</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("DetatchFromDisposeScope")]
    public Tensor DetatchFromDisposeScope() => DetachFromScope();

    /// <summary>Moves the tensor to the scope of another, or out of every scope.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("MoveToOtherDisposeScope")]
    public Tensor MoveToOtherDisposeScope(Tensor other)
    {
        ThrowIfReleased();
        Scope?.Remove(this);
        other.Scope?.Add(this);
        return this;
    }

    /// <summary>Moves the tensor to a scope, which then releases it.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    [Counterpart("MoveToOtherDisposeScope")]
    public Tensor MoveToOtherDisposeScope(TensorScope other) => other.Attach<Tensor>(this);
}
