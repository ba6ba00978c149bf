namespace Reparam.Generators.Twins;

/// <summary>Names that the twins and the run-time library agree on.</summary>
internal static class TwinNames
{
    /// <summary>What a twin's name has behind the name of its class.</summary>
    public const string Suffix = "Runtime";

    /// <summary>What a member has behind its name where the run-time library has a member of that name.</summary>
    public const string Own = "Own";

    /// <summary>Assembly whose symbols are re-bound.</summary>
    public const string TorchSharpAssembly = "TorchSharp";

    /// <summary>Assembly of the operations that extend TorchSharp's; they are re-bound in the same way.</summary>
    public const string TrainingAssembly = "Reparam.Training";

    public const string Counterpart = "Reparam.Runtime.CounterpartAttribute";
    public const string Idiom = "Reparam.Runtime.IdiomAttribute";
    public const string FusedOperations = "Reparam.Runtime.FusedOperations";
    public const string DType = "Reparam.Runtime.DType";
    public const string Tensor = "Reparam.Runtime.Tensor";
    public const string ShapeArray = "ShapeArray";
    public const string IsInitialisation = "IsInitialisation";
    public const string ComponentVisitor = "Reparam.Runtime.ComponentVisitor";
    public const string CheckpointLoader = "Reparam.Runtime.CheckpointLoader";
    public const string CheckpointConfig = "Reparam.Runtime.CheckpointConfig";
    public const string Verify = "Reparam.Runtime.Verify";

    /// <summary>First argument of the <c>[GeneratedCode]</c> that every twin has.</summary>
    public const string Tool = "Reparam.Generators";
}
