namespace Reparam.Checkpoints.Import;

/// <summary>A foreign checkpoint format.</summary>
public enum ImportFormat
{
    /// <summary>Found out from the file's content.</summary>
    Auto,

    /// <summary>The legacy format of llama2.c: seven integers, then float32 tensors in a fixed order.</summary>
    Llama2c,

    /// <summary>A state dictionary saved by PyTorch: a zip archive, or the older row of pickles.</summary>
    PyTorch,
}
