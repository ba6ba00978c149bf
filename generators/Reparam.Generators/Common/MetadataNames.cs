namespace Reparam.Generators.Common;

/// <summary>Full metadata names of the types that the generator and the analyzers look for.</summary>
internal static class MetadataNames
{
    public const string ReparamModule = "Reparam.ReparamModuleAttribute";
    public const string ReparamModel = "Reparam.ReparamModelAttribute";
    public const string ReparamAttribute = "Reparam.ReparamAttribute";
    public const string WeightMap = "Reparam.WeightMapAttribute";
    public const string SidePath = "Reparam.SidePathAttribute";
    public const string Structure = "Reparam.StructureAttribute";
    public const string StepRule = "Reparam.StepRuleAttribute";
    public const string InputMap = "Reparam.InputMapAttribute";
    public const string ModelRule = "Reparam.ModelRuleAttribute";
    public const string PostTraining = "Reparam.PostTrainingAttribute";
    public const string ReparamMethod = "Reparam.ReparamMethodAttribute";
    public const string ReparamModelRule = "Reparam.ReparamModelRuleAttribute";
    public const string ReparamInputMap = "Reparam.ReparamInputMapAttribute";
    public const string Shared = "Reparam.SharedAttribute";
    public const string ReparamRange = "Reparam.ReparamRangeAttribute";
    public const string Feeds = "Reparam.FeedsAttribute";
    public const string ReparamManifest = "Reparam.ReparamManifestAttribute";

    public const string PackedFormat = "Reparam.Checkpoints.Packed.PackedFormat";
    public const string PackedFormats = "Reparam.Checkpoints.Packed.PackedFormats";

    public const string TrainingModelRule = "Reparam.Training.ModelRule";
    public const string ReparamLayer = "Reparam.Training.ReparamLayer";
    public const string StructureBlock = "Reparam.Training.StructureBlock`";
    public const string StructureMethod = "Reparam.Compression.Structures.StructureMethod";
    public const string LayerShape = "Reparam.Training.LayerShape";
    public const string BaseLayer = "Reparam.Training.IBaseLayer";
    public const string InputStatistics = "Reparam.Training.InputStatistics";
    public const string LayerOperation = "Reparam.Training.ILayerOperation";

    public const string Tensor = "TorchSharp.torch+Tensor";
    public const string Optimizer = "TorchSharp.torch+optim+Optimizer";
    public const string Module = "TorchSharp.torch+nn+Module";
    public const string Parameter = "TorchSharp.Modules.Parameter";
    public const string ModuleList = "TorchSharp.Modules.ModuleList`1";
    public const string Linear = "TorchSharp.Modules.Linear";
    public const string Conv1d = "TorchSharp.Modules.Conv1d";
    public const string Conv2d = "TorchSharp.Modules.Conv2d";
    public const string Embedding = "TorchSharp.Modules.Embedding";
    public const string ComponentName = "TorchSharp.Utils.ComponentNameAttribute";
}
