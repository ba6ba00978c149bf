namespace Reparam;

/// <summary>Where a channel-idle block has batch normalization.</summary>
[Flags]
public enum IdleNorms
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>Over the block's input, before the first linear layer: it stands in the place of the transformer's layer norm.</summary>
    Input = 1,

    /// <summary>Over the hidden channels, after the activation. A block with many idle channels hardly trains without it.</summary>
    Hidden = 2,

    /// <summary>In both places: the paper's.</summary>
    Both = Input | Hidden,
}
