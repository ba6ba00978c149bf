using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;

namespace Reparam.Compression;

/// <summary>
/// Turns a checkpoint into a packed file, one weight after the other: in memory is one weight, dense and coded, whatever the size of the file. Codes
/// wait on the disk until all are there. What is not in the plan is copied as it was, and so is a weight that would take no less space coded.
/// </summary>
public static class CheckpointCompressor
{
    /// <summary>Whether weights of a type can be coded.</summary>
    public static bool CanCode(DType dtype) => dtype is DType.F32 or DType.F16 or DType.BF16 or DType.F64;

    /// <summary>Compresses a checkpoint. The packed file appears whole or not at all.</summary>
    /// <param name="checkpoint">The dense checkpoint.</param>
    /// <param name="layers">The weights to code, each once.</param>
    /// <param name="output">The packed file, or the name of its shards; its folder must exist.</param>
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
        if (settings.ShardBytes is not null)
        {
            SourceGuard.RequireOtherShards(checkpoint, output);
        }

        AtomicFile.RequireWritable(output);
        var sessions = settings.Sessions ?? CodingSessions.Of(checkpoint, layers, settings.Threads);
        var problems = new List<CompressionProblem>();
        using var writer = new PackedFileWriter(output);
        var tables = new TableUse();
        var cached = 0;
        var grown = new Dictionary<string, CompressionProblem>(StringComparer.Ordinal);
        var reports = ImmutableArray.CreateBuilder<LayerReport>(layers.Length);
        foreach (var layer in layers)
        {
            var done = reports.Count + grown.Count;
            progress?.Report(new CompressionProgress(done, layers.Length, layer.Tensor, null));
            LayerMemory.Release();
            try
            {
                var encoded = Encode(checkpoint, layer, settings, sessions, cancellation);
                cached += encoded.IsCached ? 1 : 0;
                if (GrowthOf(checkpoint, layer, encoded, sessions) is { } growth)
                {
                    grown.Add(layer.Tensor, growth);
                    progress?.Report(new CompressionProgress(done + 1, layers.Length, layer.Tensor, null, growth));
                    continue;
                }

                reports.Add(Add(checkpoint, layer, encoded, writer, tables));
            }
            catch (Exception exception) when (ProblemOf(exception) is { } problem)
            {
                // A table that is learned over several weights fails for each of them, and names the one that is not finite.
                if (!problems.Contains(problem))
                {
                    problems.Add(problem);
                }

                continue;
            }

            if (reports[^1].RelativeError > settings.MaxWeightError)
            {
                problems.Add(CompressionDiagnostics.WeightErrorExceeded.With(
                    layer.Tensor, layer.Method.Describe(layer.Options), reports[^1].RelativeError, settings.MaxWeightError));
            }

            progress?.Report(new CompressionProgress(done + 1, layers.Length, layer.Tensor, reports[^1]));
        }

        ThrowIfAny(checkpoint, problems);
        LayerMemory.Release();
        writer.SourceHash = Checkpoint.ComputeHash(checkpoint, cancellation);
        var leftOut = LeftOut(layers, settings);
        writer.CopyRest(checkpoint, leftOut);
        Action<PackedFile>? review = settings.Review is null && settings.BeforeCommit is null ? null : file =>
        {
            settings.Review?.Invoke(file, cancellation);
            settings.BeforeCommit?.Invoke(writer.SourceHash);
        };
        var written = writer.Write(output, cancellation, review, settings.ShardBytes);
        var coded = reports.Select(layer => layer.Tensor).ToHashSet(StringComparer.Ordinal);
        CopyReason ReasonOf(string name) => grown.ContainsKey(name)
            ? CopyReason.Grows
            : settings.Copied is { } reasons && reasons.TryGetValue(name, out var reason)
            ? reason
            : CopiedTensor.ReasonOf(checkpoint.Info(name)) ?? CopyReason.NotPlanned;
        return new CompressionReport
        {
            Checkpoint = Path.GetFileName(checkpoint.Path),
            Output = Path.GetFileName(written),
            SourceHash = writer.SourceHash,
            Layers = tables.Spread(reports),
            Copied = [.. checkpoint.Names.Where(name => !coded.Contains(name) && !leftOut.Contains(name))
                .Select(name => new CopiedTensor(name, checkpoint.Info(name).ByteLength, ReasonOf(name)))],
            Grown = [.. grown.Values],
            Cache = settings.Cache is null ? null : new CacheUse(layers.Length - cached, cached),
            CacheNotes = [.. settings.Cache?.Notes ?? []],
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

    /// <summary>What an exception says of one layer, the others apart; null where it ends all work.</summary>
    internal static CompressionProblem? ProblemOf(Exception exception) => exception switch
    {
        NonFiniteWeightException => CompressionDiagnostics.NonFiniteWeight.With(exception.Message),
        UncodableLayerException uncodable => uncodable.Problem,
        _ => null,
    };

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
            : LayerState.Problem(checkpoint, layer);
    }

    /// <summary>
    /// Why a weight is to be copied instead: coded, with its part of a table, it takes no less space than in its own type. Null where it gets smaller, and
    /// where its product rounds the inputs too, which a dense weight cannot say.
    /// </summary>
    internal static CompressionProblem? GrowthOf(ICheckpoint checkpoint, LayerPlan layer, CodedLayer coded, CodingSessions sessions)
    {
        var info = checkpoint.Info(layer.Tensor);
        var bytes = sessions.BytesOf(layer.Options, coded.Matrix);
        return bytes < info.ByteLength || coded.Matrix.RoundsInputs
            ? null
            : CompressionDiagnostics.WeightGrows.With(
                layer.Tensor, layer.Method.Describe(layer.Options), coded.Matrix.Format.Name, bytes, info.Describe(), info.ByteLength);
    }

    private static CodedLayer Encode(
        ICheckpoint checkpoint, LayerPlan layer, CompressionSettings settings, CodingSessions sessions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return settings.Coded?.Take(layer) ?? sessions.Encode(LayerJobs.Of(checkpoint, layer, settings, cancellation), settings.Cache);
    }

    // State that a method has read is in the coded weight, and what it has not read the app has no place for.
    private static HashSet<string> LeftOut(ImmutableArray<LayerPlan> layers, CompressionSettings settings) =>
        [.. settings.LeftOut ?? new HashSet<string>(), .. layers.SelectMany(LayerState.NamesOf), .. layers.SelectMany(layer => layer.UnreadState)];

    private static LayerReport Add(ICheckpoint checkpoint, LayerPlan layer, CodedLayer encoded, PackedFileWriter writer, TableUse tables)
    {
        var info = checkpoint.Info(layer.Tensor);
        MethodFailure.Guard(layer.Method, layer.Tensor, () =>
        {
            tables.Add(encoded.Matrix);
            writer.AddLayer(layer.Tensor, layer.Method.Name, info.Shape.AsSpan(), info.DType, encoded.Matrix);
            return writer;
        });
        return LayerReport.Of(layer, info, encoded);
    }

    private static void ThrowIfAny(ICheckpoint checkpoint, List<CompressionProblem> problems)
    {
        if (problems.Count > 0)
        {
            throw new CompressionException(checkpoint.Path, [.. problems]);
        }
    }
}
