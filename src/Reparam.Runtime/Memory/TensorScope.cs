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

    /// <summary>Takes a tensor out of every scope: it lives as long as it is referenced.</summary>
    [Counterpart("Detach")]
    public T Detach<T>(T disposable)
        where T : Tensor
    {
        _ = Frame;
        disposable.DetachFromScope();
        return disposable;
    }

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
