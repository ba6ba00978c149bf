namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>The name of a class or function. It is a name only: nothing is ever looked up or called.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
