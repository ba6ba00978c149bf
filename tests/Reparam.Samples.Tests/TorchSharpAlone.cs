namespace Reparam.Samples.Tests;

/// <summary>
/// Tests that run TorchSharp do so one after the other and beside no other test: forwards on two threads were seen to fail inside libtorch ("Unknown scalar type"), as
/// if a temporary argument had been collected during the call.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TorchSharpAlone
{
    public const string Name = "TorchSharp alone";
}
