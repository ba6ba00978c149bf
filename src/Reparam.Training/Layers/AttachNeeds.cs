namespace Reparam.Training;

/// <summary>What must be there before a method can be attached to its layer; until then the layer runs without it.</summary>
[Flags]
public enum AttachNeeds
{
    /// <summary>Nothing: the layer's constructor attaches it.</summary>
    None = 0,

    /// <summary>Statistics of the layer's inputs: <c>model.CalibrateReparam(...)</c> gives them.</summary>
    Inputs = 1,

    /// <summary>
    /// The model's root, which keeps what layers share: <c>model.PrepareReparam()</c> finds it, and so do the calls that save, load or train.
    /// </summary>
    Root = 2,
}
