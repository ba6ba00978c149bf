using Reparam.Checkpoints;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>The numbers by which structures are built, against those of a checkpoint.</summary>
internal static class StructureConstants
{
    /// <summary>The constants of a model's structures, by their names in the state dict.</summary>
    public static IReadOnlyDictionary<string, long> Of(Module module) => module.StructureBlocks()
        .SelectMany(
            b => b.Block.Constants.Select(
                name => (Name: ReparamModuleExtensions.Join(b.Path, name), Value: ((Module)b.Block).get_buffer(name)!.cpu().data<long>()[0])))
        .ToDictionary(constant => constant.Name, constant => constant.Value, StringComparer.Ordinal);

    /// <summary>Those that a checkpoint has with another value.</summary>
    public static string[] Misfits(ICheckpoint checkpoint, IReadOnlyDictionary<string, long> constants) =>
    [
        .. constants
            .Where(constant => checkpoint.Contains(constant.Key) && checkpoint.Info(constant.Key) is { DType: DType.I64, ElementCount: 1 })
            .Select(constant => (constant.Key, Found: checkpoint.ReadArray<long>(constant.Key)[0], Expected: constant.Value))
            .Where(constant => constant.Found != constant.Expected)
            .Select(constant => $"{constant.Key} (found {constant.Found}, expected {constant.Expected})"),
    ];
}
