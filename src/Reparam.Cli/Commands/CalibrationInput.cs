using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Cli.Commands;

/// <summary>The calibration that a command was given.</summary>
/// <param name="File">The open file.</param>
/// <param name="Warnings">What speaks against using it for the checkpoint.</param>
internal sealed record CalibrationInput(CalibrationFile File, ImmutableArray<CompressionProblem> Warnings) : IDisposable
{
    /// <summary>Opens it; null where none was given.</summary>
    /// <param name="path">The file.</param>
    /// <param name="checkpoint">What it is used for.</param>
    /// <param name="layers">The weights to code.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="outputs">Files that are to be written: none of them may be the calibration.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static CalibrationInput? Open(
        string? path, ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers, int threads, IEnumerable<string?> outputs, CancellationToken cancellation)
    {
        if (path is null)
        {
            return null;
        }

        foreach (var output in outputs.OfType<string>())
        {
            SourceGuard.RequireOther(path, output);
        }

        var file = CalibrationFile.Open(path, threads, cancellation);
        try
        {
            return new CalibrationInput(file, file.Check(checkpoint, layers, cancellation));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Dispose();
}
