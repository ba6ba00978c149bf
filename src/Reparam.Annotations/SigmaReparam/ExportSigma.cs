namespace Reparam;

/// <summary>The σ that a folded weight uses.</summary>
public enum ExportSigma
{
    /// <summary>The estimate that the evaluation forward uses, so that folding changes nothing.</summary>
    Running,

    /// <summary>The exact largest singular value, from an SVD.</summary>
    Exact,
}
