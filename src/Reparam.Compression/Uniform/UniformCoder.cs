using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.Uniform;

/// <summary>
/// Codes a matrix on uniform grids: to the nearest integers, or with error feedback (GPTQ, Frantar et al., arXiv 2210.17323). The bytes depend on the
/// weights, the options and the calibration alone, not on threads or the machine's vectors.
/// </summary>
internal static class UniformCoder
{
    /// <summary>Codes a matrix and measures its errors.</summary>
    /// <param name="job">The matrix; its options are those of <see cref="UniformAttribute"/>.</param>
    /// <exception cref="UncodableLayerException">Error feedback is asked for, and there is no calibration.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The job's cancellation was signalled.</exception>
    public static CodedLayer Encode(LayerJob job)
    {
        var options = job.Options.As<UniformAttribute>();
        FiniteWeights.Require(job.Tensor, job.Target.Span);
        if (options.Rounding == UniformRounding.ErrorFeedback && job.Calibration is null)
        {
            throw new UncodableLayerException(CompressionDiagnostics.NeedsCalibration.With(job.Tensor, $"{job.Options.Method} with error feedback"));
        }

        var integers = new UniformIntegers(job, options);
        if (options.Rounding == UniformRounding.Nearest || job.Calibration is not { Gram: var gram })
        {
            return CodedLayer.Measure(integers.RoundToNearest(), job);
        }

        // In the order of second moments the columns of a group do not follow each other: all grids are chosen beforehand, and the row is one group to the
        // feedback.
        var feedback = ErrorFeedback.TryCreate(
            gram, options.ActOrder ? 0 : integers.GroupColumns, options.ActOrder, job.Threads, job.Cancellation, options.Damping);
        if (feedback is null)
        {
            return CodedLayer.Measure(integers.RoundToNearest(), job) with
            {
                Note = $"tensor '{job.Tensor}': rounded to the nearest, because all inputs of its calibration are zero",
            };
        }

        if (options.ActOrder)
        {
            integers.ChooseGrids();
        }

        var errors = feedback.Run(job.Target, job.Rows, integers, job.Tensor, job.Threads, job.Cancellation);
        return new CodedLayer(integers.ToMatrix(), errors.SquaredError, errors.SquaredNorm)
        {
            SquaredOutputError = errors.SquaredOutputError,
            SquaredOutputNorm = errors.SquaredOutputNorm,
        };
    }
}
