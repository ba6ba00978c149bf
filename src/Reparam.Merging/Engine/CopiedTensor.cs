namespace Reparam.Merging;

/// <summary>A tensor that was copied byte for byte.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why it was not merged.</param>
/// <param name="File">The checkpoint that it comes from.</param>
public sealed record CopiedTensor(string Name, string Reason, string File);
