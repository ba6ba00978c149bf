using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;

namespace Reparam.Compression.Methods;

/// <summary>Calls into a method, which may be anybody's: what it throws is told with its name and the weight's.</summary>
internal static class MethodFailure
{
    /// <summary>The result of a call.</summary>
    /// <param name="method">Whose code runs.</param>
    /// <param name="tensor">Name of the weight; null where the call is about none.</param>
    /// <param name="call">The call. What says more by itself passes through: cancellation, files, weights that are not finite, and want of memory.</param>
    /// <exception cref="UncodableLayerException">RPB0102 for an argument that the method refuses for a weight, RPB0116 for all else.</exception>
    public static T Guard<T>(PostTrainingMethod method, string? tensor, Func<T> call)
        where T : class
    {
        try
        {
            return call() ?? throw new UncodableLayerException(CompressionDiagnostics.MethodFailed.With(method, Place(tensor), "it gave nothing"));
        }
        catch (Exception exception) when (!SpeaksForItself(exception))
        {
            var cause = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception;
            if (SpeaksForItself(cause))
            {
                throw;
            }

            var problem = cause is ArgumentException && tensor is not null
                ? CompressionDiagnostics.InvalidOption.With($"tensor '{tensor}': {cause.Message}")
                : CompressionDiagnostics.MethodFailed.With(method, Place(tensor), $"{cause.GetType().Name}: {cause.Message}");
            throw new UncodableLayerException(problem with { Cause = cause }, cause);
        }
    }

    /// <summary>A method gave what no method may give.</summary>
    /// <param name="job">What it coded.</param>
    /// <param name="text">What was found and what was expected.</param>
    public static UncodableLayerException Of(LayerJob job, string text) =>
        new(CompressionDiagnostics.MethodFailed.With(job.Options.Method, Place(job.Tensor), text));

    private static bool SpeaksForItself(Exception exception) => exception
        is UncodableLayerException or NonFiniteWeightException or CompressionException or CheckpointException
        or OperationCanceledException or OutOfMemoryException;

    private static string Place(string? tensor) => tensor is null ? "" : $" on tensor '{tensor}'";
}
