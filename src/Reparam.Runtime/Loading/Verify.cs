namespace Reparam.Runtime;

/// <summary>How much of a checkpoint is held against the checksums that it has when a model is loaded.</summary>
public enum Verify
{
    /// <summary>
    /// The header, and each tensor that the model is filled from, when it is read. What the model does not read is not looked at: codes that prepacked
    /// weights stand for (those are checked instead), and tensors that are passed over. Files without checksums are loaded: of a packed one the form of its
    /// values and its check values are compared, of a plain one nothing.
    /// </summary>
    Quick,

    /// <summary>Every byte, before anything is filled. A file without checksums is refused.</summary>
    Full,
}
