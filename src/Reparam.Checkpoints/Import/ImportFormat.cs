namespace Reparam.Checkpoints.Import;

/// <summary>A foreign checkpoint format.</summary>
public enum ImportFormat
{
    /// <summary>Found out from the file's content.</summary>
    Auto,

    /// <summary>The legacy format of llama2.c: seven integers, then float32 tensors in a fixed order.</summary>
    Llama2c,

    /// <summary>Tensors saved by PyTorch: a zip archive, TorchScript's too, the older row of pickles, or the tar file before that.</summary>
    PyTorch,

    /// <summary>An ONNX model, with tensors in the file or in files beside it.</summary>
    Onnx,
}
