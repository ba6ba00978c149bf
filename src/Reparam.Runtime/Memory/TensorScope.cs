namespace Reparam.Runtime;

/// <summary>
/// The life of intermediate tensors. Tensors made on this thread while the scope is the innermost one give their memory back when it ends,
/// and a use of one afterwards throws <see cref="ObjectDisposedException"/> until the object serves again. A steady loop with one scope a
/// step allocates nothing. Without a scope tensors are ordinary objects for the garbage collector.
/// </summary>
[Counterpart("TorchSharp.DisposeScope")]
public readonly struct TensorScope : IDisposable, IEquatable<TensorScope>
{
    private readonly ScopeFrame? frame;
    private readonly int generation;

    private TensorScope(ScopeFrame frame)
    {
        this.frame = frame;
        generation = frame.Generation;
    }

    /// <summary>Number of tensors that the scope will release.</summary>
    [Counterpart("DisposablesCount")]
    public int DisposablesCount => Frame.Count;

    private bool IsOpen => frame is not null && frame.Generation == generation && frame.Owner is not null;

    private ScopeFrame Frame => IsOpen ? frame! : throw new ObjectDisposedException(nameof(TensorScope));

    /// <summary>Opens a scope inside the current one.</summary>
    public static TensorScope Open()
    {
        var pool = TensorPool.Local;
        var frame = pool.RentFrame();
        frame.Open(pool);
        return new TensorScope(frame);
    }

    /// <summary>Moves a tensor to the enclosing scope, or out of every scope.</summary>
    [Counterpart("MoveToOuter")]
    public T MoveToOuter<T>(T disposable)
        where T : Tensor
    {
        _ = Frame;
        disposable.MoveToOuterDisposeScope();
        return disposable;
    }

    /// <summary>Moves tensors to the enclosing scope, or out of every scope.</summary>
    [Counterpart("MoveToOuter")]
    public (T1 First, T2 Second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : Tensor
        where T2 : Tensor => (MoveToOuter(first), MoveToOuter(second));

    /// <summary>Moves tensors to the enclosing scope, or out of every scope.</summary>
    [Counterpart("MoveToOuter")]
    public (T1 First, T2 Second, T3 Third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : Tensor
        where T2 : Tensor
        where T3 : Tensor => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    /// <summary>Moves tensors to the enclosing scope, or out of every scope.</summary>
    [Counterpart("MoveToOuter")]
    public void MoveToOuter(IEnumerable<Tensor> disposables)
    {
        foreach (var tensor in disposables)
        {
            MoveToOuter(tensor);
        }
    }

    /// <summary>Moves a tensor to another scope, which then releases it.</summary>
    /// <exception cref="ObjectDisposedException">A scope has ended.</exception>
    [Counterpart("MoveToOther")]
    public T MoveToOther<T>(TensorScope scope, T disposable)
        where T : Tensor
    {
        _ = Frame;
        return scope.Attach(disposable);
    }

    /// <summary>Moves tensors to another scope, which then releases them.</summary>
    /// <exception cref="ObjectDisposedException">A scope has ended.</exception>
    [Counterpart("MoveToOther")]
    public (T1 First, T2 Second) MoveToOther<T1, T2>(TensorScope scope, T1 first, T2 second)
        where T1 : Tensor
        where T2 : Tensor => (MoveToOther(scope, first), MoveToOther(scope, second));

    /// <summary>Moves tensors to another scope, which then releases them.</summary>
    /// <exception cref="ObjectDisposedException">A scope has ended.</exception>
    [Counterpart("MoveToOther")]
    public void MoveToOther(TensorScope scope, IEnumerable<Tensor> disposables)
    {
        foreach (var tensor in disposables)
        {
            MoveToOther(scope, tensor);
        }
    }

    /// <summary>Takes a tensor into the scope, out of the one that it was in.</summary>
    [Counterpart("Attach")]
    public void Attach(Tensor disposable) => Attach<Tensor>(disposable);

    /// <summary>Whether the scope will release a tensor.</summary>
    [Counterpart("Contains")]
    public bool Contains(Tensor disposable) => disposable.Scope == Frame;

    /// <summary>Releases the tensors that the scope has so far, except one; the scope stays open.</summary>
    /// <returns>That one, still in the scope.</returns>
    [Counterpart("DisposeEverythingBut")]
    public T DisposeEverythingBut<T>(T keep)
        where T : Tensor
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    /// <summary>Releases the tensors that the scope has so far, except some; the scope stays open.</summary>
    [Counterpart("DisposeEverythingBut")]
    public void DisposeEverythingBut(IEnumerable<Tensor> inKeep)
    {
        Tensor[] kept = [.. inKeep.Where(Contains)];
        foreach (var tensor in kept)
        {
            tensor.DetachFromScope();
        }

        DisposeEverything();
        foreach (var tensor in kept)
        {
            Attach(tensor);
        }
    }

    /// <summary>Takes a tensor out of every scope: it lives as long as it is referenced.</summary>
    [Counterpart("Detach")]
    public T Detach<T>(T disposable)
        where T : Tensor
    {
        _ = Frame;
        disposable.DetachFromScope();
        return disposable;
    }

    /// <summary>Takes tensors out of every scope: they live as long as they are referenced.</summary>
    [Counterpart("Detach")]
    public (T1 First, T2 Second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : Tensor
        where T2 : Tensor => (Detach(first), Detach(second));

    /// <summary>Takes tensors out of every scope: they live as long as they are referenced.</summary>
    [Counterpart("Detach")]
    public (T1 First, T2 Second, T3 Third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : Tensor
        where T2 : Tensor
        where T3 : Tensor => (Detach(first), Detach(second), Detach(third));

    /// <summary>Releases the tensors that the scope has so far; it stays open.</summary>
    [Counterpart("DisposeEverything")]
    public void DisposeEverything() => Frame.ReleaseAll();

    /// <summary>Ends the scope, and those inside it that are still open. A second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">The scope belongs to another thread.</exception>
    [Counterpart("Dispose")]
    public void Dispose()
    {
        if (!IsOpen)
        {
            return;
        }

        if (frame!.Owner != TensorPool.Local)
        {
            throw new InvalidOperationException("A tensor scope ends on the thread that opened it.");
        }

        frame.Close();
    }

    internal T Attach<T>(T tensor)
        where T : Tensor
    {
        tensor.ThrowIfReleased();
        var frame = Frame;
        tensor.Scope?.Remove(tensor);
        frame.Add(tensor);
        return tensor;
    }

    /// <inheritdoc/>
    public bool Equals(TensorScope other) => frame == other.frame && generation == other.generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorScope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(frame, generation);

    /// <summary>Whether two handles mean the same scope.</summary>
    public static bool operator ==(TensorScope left, TensorScope right) => left.Equals(right);

    /// <summary>Whether two handles mean different scopes.</summary>
    public static bool operator !=(TensorScope left, TensorScope right) => !left.Equals(right);
}
