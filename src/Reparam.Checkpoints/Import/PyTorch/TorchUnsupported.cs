namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>A tensor, or what holds the values of one, that has no plain dense form. It is refused where it stands unless the user skips it.</summary>
/// <param name="What">What it is, such as <c>a sparse tensor (torch._utils._rebuild_sparse_tensor)</c>.</param>
internal sealed record TorchUnsupported(string What);
