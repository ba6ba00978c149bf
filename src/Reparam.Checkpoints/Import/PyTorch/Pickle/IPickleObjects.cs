namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>Gives meaning to the two instructions that would make objects.</summary>
internal interface IPickleObjects
{
    /// <summary>What a call of a named function stands for; a <see cref="PickleOpaque"/> when it is not understood.</summary>
    /// <exception cref="FormatException">The arguments are wrong for a function that is understood.</exception>
    object? Call(PickleGlobal function, PickleTuple arguments);

    /// <summary>What a persistent id stands for.</summary>
    /// <exception cref="FormatException">The id is not understood.</exception>
    object? Load(object? persistentId);
}
