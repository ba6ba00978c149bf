using System.Numerics;

namespace Reparam.Runtime;

/// <summary>
/// What ended scopes of this thread gave back: tensors, storages by type and power-of-two size, arrays of tensors by length. Nothing in it
/// is shared between threads.
/// </summary>
internal sealed class TensorPool
{
    // A tensor rests before it is used again, so that a use after the end of its scope is noticed rather than served with other data.
    private const int RestingTensors = 64;
    private const int SmallestSizeClass = 4;
    private const int SizeClasses = 31;
    private const int LongestArray = 64;
    private const int ElementTypeCount = 16;

    [ThreadStatic]
    private static TensorPool? local;

    private readonly Queue<Tensor> tensors = new();
    private readonly Stack<ScopeFrame> frames = new();
    private readonly Stack<Storage>?[] storages = new Stack<Storage>?[ElementTypeCount * SizeClasses];
    private readonly Stack<Tensor[]>?[] arrays = new Stack<Tensor[]>?[LongestArray + 1];

    public static TensorPool Local => local ??= new TensorPool();

    /// <summary>The innermost scope of this thread.</summary>
    public ScopeFrame? Scope { get; set; }

    /// <summary>What a model that is being constructed of a file's values may take; null where nothing limits it.</summary>
    public ConstructionBudget? Construction { get; set; }

    public Storage RentStorage(DType dtype, int length)
    {
        if (ElementTypes.IsComplex(dtype))
        {
            (dtype, length) = (ElementTypes.Real(dtype), checked(2 * length));
        }

        Construction?.Charge((long)length * ElementTypes.Width(dtype));
        if (Scope is null || length > 1 << (SizeClasses - 1))
        {
            return Storage.Collected(dtype, length);
        }

        var sizeClass = Math.Max(SmallestSizeClass, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, length - 1)));
        return storages[Bucket(dtype, sizeClass)] is { Count: > 0 } bucket ? bucket.Pop() : Storage.Pooled(dtype, sizeClass);
    }

    public void Return(Storage storage) =>
        (storages[Bucket(storage.DType, storage.SizeClass)] ??= new Stack<Storage>()).Push(storage);

    public Tensor RentTensor()
    {
        if (Scope is not { } scope)
        {
            return new Tensor();
        }

        var tensor = tensors.Count > RestingTensors ? tensors.Dequeue() : new Tensor();
        scope.Add(tensor);
        return tensor;
    }

    public void Return(Tensor tensor) => tensors.Enqueue(tensor);

    /// <summary>An array for the parts of a tensor; inside a scope it is the scope's and is cleared at its end.</summary>
    public Tensor[] RentArray(int length)
    {
        if (Scope is not { } scope || length > LongestArray)
        {
            return new Tensor[length];
        }

        var array = arrays[length] is { Count: > 0 } bucket ? bucket.Pop() : new Tensor[length];
        scope.Add(array);
        return array;
    }

    public void Return(Tensor[] array)
    {
        Array.Clear(array);
        (arrays[array.Length] ??= new Stack<Tensor[]>()).Push(array);
    }

    public ScopeFrame RentFrame() => frames.Count > 0 ? frames.Pop() : new ScopeFrame();

    public void Return(ScopeFrame frame) => frames.Push(frame);

    private static int Bucket(DType dtype, int sizeClass) => (int)dtype * SizeClasses + sizeClass;
}
