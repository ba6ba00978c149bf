namespace Reparam;

/// <summary>
/// A side path: the layer's output becomes y + path(x), its own weight is frozen, and the path folds into the weight as a delta.
/// </summary>
public abstract class SidePathAttribute : ReparamAttribute
{
    /// <summary>
    /// True keeps the path off, and the layer's own weight trainable, until the trainer starts adaptation
    /// (<c>model.StartAdaptation()</c>): one class then serves pretraining and fine-tuning. Default false: on from the start.
    /// </summary>
    public bool Deferred { get; set; }
}
