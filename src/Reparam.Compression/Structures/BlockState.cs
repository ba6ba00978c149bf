using System.Collections.Immutable;

namespace Reparam.Compression.Structures;

/// <summary>
/// The dense tensors of one block before folding, under the names of its own state dict. Whoever reads a tensor says what it should be, and errors name the
/// block.
/// </summary>
public sealed class BlockState
{
    private readonly Dictionary<string, BlockTensor> tensors = new(StringComparer.Ordinal);
    private readonly List<string> notes = [];

    /// <summary>Takes the tensors.</summary>
    /// <param name="block">What the block is called in messages: its path, or its class.</param>
    /// <param name="tensors">Its tensors, each name once.</param>
    public BlockState(string block, IEnumerable<BlockTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Block = block;
        foreach (var tensor in tensors)
        {
            this.tensors.Add(tensor.Name, tensor);
        }
    }

    /// <summary>What the block is called in messages.</summary>
    public string Block { get; }

    /// <summary>The names of its tensors.</summary>
    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <summary>What the fold has to say of the values, such as statistics that never saw a batch.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Whether the block has a tensor.</summary>
    public bool Contains(string name) => tensors.ContainsKey(name);

    /// <summary>The dimensions of a tensor.</summary>
    /// <exception cref="StructureException">The block has no such tensor.</exception>
    public ImmutableArray<long> Shape(string name) => tensors.TryGetValue(name, out var tensor)
        ? tensor.Shape
        : throw Problem($"has no tensor '{name}'; it has {(tensors.Count == 0 ? "none" : string.Join(", ", tensors.Keys.Order(StringComparer.Ordinal)))}");

    /// <summary>The two dimensions of a matrix.</summary>
    /// <exception cref="StructureException">The block has no such tensor, or it is no matrix.</exception>
    public (int Rows, int Columns) Matrix(string name)
    {
        var shape = Shape(name);
        return shape.Length == 2 && shape.All(side => side <= Array.MaxLength)
            ? ((int)shape[0], (int)shape[1])
            : throw Problem($"has a tensor '{name}' [{string.Join(", ", shape)}], expected a matrix");
    }

    /// <summary>The values of a tensor.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="shape">The dimensions that it must have.</param>
    /// <exception cref="StructureException">The block has no such tensor, it has another shape, or it holds values that are not finite.</exception>
    public double[] Read(string name, params ReadOnlySpan<long> shape)
    {
        if (!Shape(name).AsSpan().SequenceEqual(shape))
        {
            throw Problem($"has a tensor '{name}' [{string.Join(", ", Shape(name))}], expected [{string.Join(", ", shape.ToArray())}]");
        }

        var values = tensors[name].Read();
        var bad = values.Count(value => !double.IsFinite(value));
        return bad == 0 ? values : throw Problem($"has a tensor '{name}' with {bad} values that are not finite");
    }

    /// <summary>The values of a tensor that the block may leave out.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="missing">What each value is where the block has no such tensor.</param>
    /// <param name="length">The length that it must have.</param>
    /// <exception cref="StructureException">It has another shape, or holds values that are not finite.</exception>
    public double[] ReadOr(string name, double missing, long length)
    {
        if (Contains(name))
        {
            return Read(name, length);
        }

        var values = new double[length];
        Array.Fill(values, missing);
        return values;
    }

    /// <summary>
    /// Says something of the values that the user should know; the build prints it, and the training block keeps it. The same sentence counts once.
    /// </summary>
    public void Note(string text)
    {
        if (!notes.Contains(text))
        {
            notes.Add(text);
        }
    }

    /// <summary>An error of this block.</summary>
    /// <param name="text">What is wrong, as the rest of a sentence that begins with the block.</param>
    public StructureException Problem(string text) => new($"the block '{Block}' {text}");
}
