namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>Gives meaning to the instructions that would make objects.</summary>
internal interface IPickleObjects
{
    /// <summary>What a call of a named function or class stands for; a <see cref="PickleObject"/> when it is not understood.</summary>
    /// <exception cref="FormatException">The arguments are wrong for a function that is understood.</exception>
    object? Call(PickleGlobal function, PickleTuple arguments, PickleBudget budget);

    /// <summary>Sets the state of a value that <see cref="Call"/> gave and that is neither dictionary nor object; false when it takes none.</summary>
    bool SetState(object? value, object? state);

    /// <summary>What a persistent id stands for.</summary>
    /// <exception cref="FormatException">The id is not understood.</exception>
    object? Load(object? persistentId);
}
