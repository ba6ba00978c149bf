namespace Reparam.Runtime.Packed.Uniform;

/// <summary>How the integers of sixteen rows and eight columns lie in a step of a row tile.</summary>
internal unsafe interface ICodeForm
{
    /// <summary>Bytes of a step.</summary>
    static abstract int StepBytes { get; }

    /// <summary>The integers of some rows as bytes, four a row: columns 0, 2, 1, 3.</summary>
    /// <param name="place">The step, or a later row's place in its first 64 bytes.</param>
    static abstract T First<T>(byte* place)
        where T : unmanaged, IIntegerLanes<T>;

    /// <summary>Likewise columns 4, 6, 5, 7.</summary>
    /// <param name="place">As for the first.</param>
    static abstract T Second<T>(byte* place)
        where T : unmanaged, IIntegerLanes<T>;
}
