using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression;

/// <summary>
/// Turns a checkpoint into a packed file, one weight after the other: in memory is one weight, dense and coded, whatever the size of the file. Codes
/// wait on the disk until all are there. What is not in the plan is carried as it was.
/// </summary>
public static class CheckpointCompressor
{
    /// <summary>Whether weights of a type can be coded.</summary>
    public static bool CanCode(DType dtype) => dtype is DType.F32 or DType.F16 or DType.BF16 or DType.F64;

    /// <summary>Compresses a checkpoint. The packed file appears whole or not at all.</summary>
    /// <param name="checkpoint">The dense checkpoint.</param>
    /// <param name="layers">The weights to code, each once.</param>
    /// <param name="output">The packed file; its folder must exist.</param>
    /// <param name="settings">Cores and limits.</param>
    /// <param name="progress">Told of each weight before and after.</param>
    /// <param name="cancellation">Ends the work; nothing is written.</param>
    /// <exception cref="CompressionException">Weights that are missing, cannot be coded, are not finite, or lose too much: all are listed.</exception>
    /// <exception cref="CheckpointException">The checkpoint cannot be read or is packed already, or the output cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CompressionReport Compress(
        ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers, string output, CompressionSettings settings,
        IProgress<CompressionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(settings);
        RequireCodable(checkpoint, layers);
        SourceGuard.RequireOther(checkpoint, output);
        AtomicFile.RequireWritable(output);
        settings = settings with { Tables = settings.Tables ?? SharedTables.Of(checkpoint, layers) };
        var problems = new List<CompressionProblem>();
        using var writer = new PackedFileWriter(output);
        var tables = new TableUse();
        var reports = ImmutableArray.CreateBuilder<LayerReport>(layers.Length);
        foreach (var layer in layers)
        {
            progress?.Report(new CompressionProgress(reports.Count, layers.Length, layer.Tensor, null));
            LayerMemory.Release();
            try
            {
                reports.Add(Encode(checkpoint, layer, settings, writer, tables, cancellation));
            }
            catch (NonFiniteWeightException exception)
            {
                problems.Add(CompressionDiagnostics.NonFiniteWeight.With(exception.Message));
                continue;
            }

            if (reports[^1].RelativeError > settings.MaxWeightError)
            {
                problems.Add(CompressionDiagnostics.WeightErrorExceeded.With(
                    layer.Tensor, layer.Options.Bits, reports[^1].RelativeError, settings.MaxWeightError));
            }

            progress?.Report(new CompressionProgress(reports.Count, layers.Length, layer.Tensor, reports[^1]));
        }

        ThrowIfAny(checkpoint, problems);
        LayerMemory.Release();
        writer.SourceHash = Checkpoint.ComputeHash(checkpoint, cancellation);
        writer.CarryRest(checkpoint, settings.LeftOut);
        writer.Write(output, cancellation, settings.Review is null && settings.BeforeCommit is null ? null : file =>
        {
            settings.Review?.Invoke(file, cancellation);
            settings.BeforeCommit?.Invoke(writer.SourceHash);
        });
        var coded = layers.Select(layer => layer.Tensor).ToHashSet(StringComparer.Ordinal);
        var carried = checkpoint.Names.Where(name => !coded.Contains(name) && settings.LeftOut?.Contains(name) != true).ToArray();
        return new CompressionReport
        {
            Checkpoint = Path.GetFileName(checkpoint.Path),
            Output = Path.GetFileName(output),
            SourceHash = writer.SourceHash,
            Layers = tables.Spread(reports),
            CarriedTensors = carried.Length,
            CarriedBytes = carried.Sum(name => checkpoint.Info(name).ByteLength),
        };
    }

    /// <summary>Refuses what cannot be coded before any work.</summary>
    /// <exception cref="CompressionException">Weights that are missing or cannot be coded: all are listed.</exception>
    /// <exception cref="CheckpointException">The checkpoint is packed already, or has a tensor with the name of a part of a coded weight.</exception>
    public static void RequireCodable(ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers)
    {
        if (PackedFile.IsPacked(checkpoint))
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Packed, "found a packed file, expected a dense checkpoint: its layers are coded already");
        }

        ThrowIfAny(checkpoint, [.. layers.Select(layer => ProblemOf(checkpoint, layer)).OfType<CompressionProblem>()]);
        PackedNames.RequireFree(checkpoint, layers.Select(layer => layer.Tensor).ToHashSet(StringComparer.Ordinal));
    }

    private static CompressionProblem? ProblemOf(ICheckpoint checkpoint, LayerPlan layer)
    {
        if (!checkpoint.Contains(layer.Tensor))
        {
            return CompressionDiagnostics.MissingLayer.With(layer.Tensor, "the weight of a layer of the plan", "");
        }

        var info = checkpoint.Info(layer.Tensor);
        if (!CanCode(info.DType))
        {
            return CompressionDiagnostics.WrongType.With(layer.Tensor, info.Describe());
        }

        if (info.Shape.Length < 2 || info.ElementCount == 0)
        {
            return CompressionDiagnostics.WrongShape.With(layer.Tensor, info.Describe(), "a weight to code has two or more dimensions, none of them 0");
        }

        return info.ElementCount > Array.MaxLength
            ? CompressionDiagnostics.WrongShape.With(layer.Tensor, info.Describe(), $"a weight to code has at most {Array.MaxLength} elements")
            : null;
    }

    private static LayerReport Encode(
        ICheckpoint checkpoint, LayerPlan layer, CompressionSettings settings, PackedFileWriter writer, TableUse tables, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var info = checkpoint.Info(layer.Tensor);
        var rows = checked((int)info.Shape[0]);
        var columns = checked((int)(info.ElementCount / rows));
        var encoded = settings.Coded?.Take(layer) ?? LayerCoder.Encode(
            checkpoint.Singles(layer.Tensor), rows, columns, layer.Options, settings.Calibration?.Find(layer.Tensor, rows, columns),
            layer.Tensor, settings.Threads, cancellation, settings.Tables);
        tables.Add(encoded.Matrix);
        writer.AddLayer(layer.Tensor, PackedFormat.ShiftAdd, info.Shape.AsSpan(), info.DType, encoded.Matrix);
        return new LayerReport
        {
            Tensor = layer.Tensor,
            Method = PackedFormat.ShiftAdd,
            Shape = info.Shape,
            SourceType = info.DType,
            Options = layer.Options,
            SourceBytes = info.ByteLength,
            StoredBytes = encoded.Matrix.StoredBytes,
            SquaredError = encoded.SquaredError,
            SquaredNorm = encoded.SquaredNorm,
            SquaredOutputError = encoded.SquaredOutputError,
            SquaredOutputNorm = encoded.SquaredOutputNorm,
            Layout = encoded.Matrix.Layout,
            Warning = encoded.Warning,
        };
    }

    private static void ThrowIfAny(ICheckpoint checkpoint, List<CompressionProblem> problems)
    {
        if (problems.Count > 0)
        {
            throw new CompressionException(checkpoint.Path, [.. problems]);
        }
    }
}
