namespace Reparam.Runtime.Packed;

/// <summary>What a <see cref="PackedBackend"/> is asked for: neighbouring rows of a coded matrix, ready to be multiplied.</summary>
public readonly record struct PackedRequest
{
    /// <summary>First row, at least 0.</summary>
    public int FirstRow { get; init; }

    /// <summary>Number of rows, at least 1.</summary>
    public int Rows { get; init; }

    /// <summary>The instructions that a product on the processor may use; this process can run them.</summary>
    public KernelPath Path { get; init; }

    /// <summary>How the inputs may enter the product. A backend may round less than it says.</summary>
    public KernelPrecision Precision { get; init; }

    /// <summary>Where the product is computed.</summary>
    public ExecutionPlace Place { get; init; }

    /// <summary>The prepacked weights of these rows from a file, taken instead of a repack when they fit; null for none.</summary>
    internal StoredPrepack? Stored { get; init; }
}
