using Reparam.Checkpoints;

namespace Reparam.Runtime;

/// <summary>
/// Makes a model fit a checkpoint whose batch norms are folded (<see cref="FoldedBatchNorms"/>): each of them gives its input back from then on and has no
/// weights, and the layer before it has a bias.
/// </summary>
internal sealed class BatchNormRemoval : ComponentVisitor
{
    private readonly Dictionary<string, Module> modules = new(StringComparer.Ordinal);

    /// <summary>Changes the model as the checkpoint says. A checkpoint that says nothing changes nothing.</summary>
    /// <exception cref="CheckpointException">A folded batch norm is none of the model, or the layer that does its work is none that could.</exception>
    public static void Apply(Module root, ICheckpoint checkpoint)
    {
        var folded = FoldedBatchNorms.Read(checkpoint);
        if (folded.IsEmpty)
        {
            return;
        }

        var visitor = new BatchNormRemoval();
        root.Accept(visitor);
        foreach (var (path, layerPath) in folded)
        {
            var batchNorm = visitor.modules.GetValueOrDefault(path) as BatchNorm ?? throw Wrong(checkpoint, path, "a batch norm");
            switch (visitor.modules.GetValueOrDefault(layerPath))
            {
                case Linear linear:
                    linear.Bias ??= new Parameter(linear.OutFeatures);
                    batchNorm.LeaveOut(linear.Weight.Rank);
                    break;
                case Convolution convolution:
                    convolution.Bias ??= new Parameter(convolution.Weight.Shape[0]);
                    batchNorm.LeaveOut(convolution.Weight.Rank);
                    break;
                default:
                    throw Wrong(checkpoint, layerPath, "a linear layer or a convolution");
            }
        }
    }

    protected override void OnParameter(string name, Parameter parameter)
    {
    }

    protected override void OnBuffer(string name, Tensor buffer)
    {
    }

    private protected override void OnModule(string name, Module module) => modules.TryAdd(name, module);

    private static CheckpointException Wrong(ICheckpoint checkpoint, string path, string expected) => new(
        checkpoint.Path, null, CheckpointRule.Model, $"'{path}' of the entry {FoldedBatchNorms.Key} is not {expected} of the model");
}
