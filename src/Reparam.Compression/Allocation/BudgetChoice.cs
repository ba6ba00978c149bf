namespace Reparam.Compression.Allocation;

/// <summary>One way to code a layer, as the integer program sees it.</summary>
/// <param name="Bytes">Bytes in the file without a shared table; not negative.</param>
/// <param name="Cost">What is summed over layers and minimised; finite.</param>
/// <param name="Table">Index of a table that all choices of this index share and the file holds once; −1 for none.</param>
public readonly record struct BudgetChoice(long Bytes, double Cost, int Table = -1);
