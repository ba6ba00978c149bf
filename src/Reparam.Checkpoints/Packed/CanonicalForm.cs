namespace Reparam.Checkpoints.Packed;

/// <summary>The rules on values of a stored coded matrix: nothing is left undefined, and every weight is finite.</summary>
internal static class CanonicalForm
{
    /// <summary>What breaks the canonical form, or null.</summary>
    public static string? Problem(CodedMatrix matrix) => matrix switch
    {
        BinaryCodedMatrix binary => BinaryCanonicalForm.Problem(binary),
        NestedMatrix nested => NestedCanonicalForm.Problem(nested),
        CodebookMatrix codebook => CodebookCanonicalForm.Problem(codebook),
        _ => throw new ArgumentException($"the layout {matrix.Layout} has no stored form", nameof(matrix)),
    };
}
