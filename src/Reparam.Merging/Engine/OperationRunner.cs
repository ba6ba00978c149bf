using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;
using Reparam.Merging.Engine;

namespace Reparam.Merging;

/// <summary>
/// Carries out checkpoint operations. Names, shapes and types of all checkpoints are compared before the first byte is written. Tensors are then read,
/// merged and written block by block, so that
/// memory does not grow with the checkpoints. The same request gives the same bytes on every run and with any number of threads.
/// </summary>
public static class OperationRunner
{
    /// <summary>Carries out an operation. The output appears whole or not at all.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="progress">Told after each tensor; null for nobody.</param>
    /// <param name="cancellation">Ends the work; nothing is left behind.</param>
    /// <exception cref="CheckpointOperationException">
    /// The operation, its options or the checkpoints do not fit together, or a value cannot be merged.
    /// </exception>
    /// <exception cref="CheckpointException">A checkpoint cannot be read, or the output cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static OperationReport Run(OperationRequest request, IProgress<OperationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var prepared = Prepared.From(request, cancellation);
        foreach (var source in prepared.Sources.All)
        {
            SourceGuard.RequireOther(source.Path, request.Output);
            SourceGuard.RequireOther(source.Checkpoint, request.Output);
            if (request.ShardBytes is not null)
            {
                SourceGuard.RequireOtherShards(source.Path, request.Output);
                SourceGuard.RequireOtherShards(source.Checkpoint, request.Output);
            }
        }

        var writer = new SafetensorsWriter();
        var tensors = new TensorWriter(request.Output, prepared.Threads, prepared.Failure);
        var done = 0;
        foreach (var plan in prepared.Plans)
        {
            writer.Add(plan.Info.Name, plan.Info.DType, plan.Info.Shape.AsSpan(), (destination, token) =>
            {
                if (plan.Copied is null)
                {
                    var tensor = prepared.Open(plan.Info.Name);
                    tensors.Write(tensor, prepared.Operation(tensor), destination, token);
                }
                else
                {
                    prepared.CopySource(plan).Checkpoint.CopyTo(plan.Info.Name, destination, token);
                }

                progress?.Report(new OperationProgress(++done, prepared.Plans.Length, plan.Info.Name));
            });
        }

        foreach (var (key, value) in prepared.Metadata)
        {
            writer.SetMetadata(key, value);
        }

        var written = ShardedWriter.Write(writer, request.Output, request.ShardBytes, cancellation, _ =>
        {
            prepared.Sources.RequireUnchanged();
            request.BeforeCommit?.Invoke(prepared.Sources.Hashes);
        });
        return prepared.Report with { Written = written };
    }

    /// <summary>Finds out all that <see cref="Run"/> would find out before it writes, and writes nothing.</summary>
    /// <param name="request">What would be done.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointOperationException">The operation, its options or the checkpoints do not fit together.</exception>
    /// <exception cref="CheckpointException">A checkpoint cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static OperationReport Check(OperationRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var prepared = Prepared.From(request, cancellation);
        return prepared.Report;
    }
}
