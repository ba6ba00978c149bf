namespace Reparam.Runtime.Packed.Uniform;

/// <summary>How the integers of sixteen rows and eight columns lie in a step of a row tile.</summary>
internal unsafe interface ICodeForm
{
    /// <summary>Bytes of a step.</summary>
    static abstract int StepBytes { get; }

    /// <summary>The integers of some rows as bytes.</summary>
    /// <param name="place">The step, or a later row's place in its first 64 bytes.</param>
    /// <param name="first">Four bytes a row: columns 0, 2, 1, 3.</param>
    /// <param name="second">Four bytes a row: columns 4, 6, 5, 7.</param>
    static abstract void Load<T>(byte* place, out T first, out T second)
        where T : unmanaged, IIntegerLanes<T>;
}
