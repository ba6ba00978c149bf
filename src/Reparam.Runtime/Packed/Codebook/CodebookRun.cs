namespace Reparam.Runtime.Packed;

/// <summary>Neighbouring indices of one stage in one segment of prepacked weights.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Nibble">Place of the first index among the segment's nibbles.</param>
/// <param name="Count">Number of indices.</param>
/// <param name="Stage">The stage.</param>
/// <param name="SuperBlock">The super-block.</param>
/// <param name="Position">Position of the first index in its super-block: its vector begins at column position · stride of it.</param>
internal readonly record struct CodebookRun(int Segment, int Nibble, int Count, int Stage, int SuperBlock, int Position);
