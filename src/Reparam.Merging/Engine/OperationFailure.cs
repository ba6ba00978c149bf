using Reparam.Checkpoints;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging.Engine;

/// <summary>Calls into an operation, which may be anybody's: what it throws is told with its name and the tensor's.</summary>
/// <param name="operation">The operation.</param>
/// <param name="file">The file that errors name.</param>
internal sealed class OperationFailure(CheckpointOperation operation, string file)
{
    /// <summary>The result of a call.</summary>
    /// <param name="tensor">Name of the tensor; null where the call is about all.</param>
    /// <param name="call">The call. What says more by itself passes through: cancellation, files, values that cannot be merged, and want of memory.</param>
    /// <exception cref="CheckpointOperationException">RPB0171 for an argument that the operation refuses, RPB0178 for all else.</exception>
    public T Guard<T>(string? tensor, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (ArgumentException exception)
        {
            var text = tensor is null ? exception.Message : $"tensor '{tensor}': {exception.Message}";
            throw new CheckpointOperationException([new OperationProblem(file, OperationCodes.InvalidOption, text)], exception);
        }
        catch (Exception exception) when (!SpeaksForItself(exception))
        {
            throw Error(tensor, $"{exception.GetType().Name}: {exception.Message}", exception);
        }
    }

    /// <summary>An error of the operation itself.</summary>
    /// <param name="tensor">Name of the tensor; null where it is about all.</param>
    /// <param name="text">What was found and what was expected.</param>
    /// <param name="cause">What the operation threw; null if it threw nothing.</param>
    public CheckpointOperationException Error(string? tensor, string text, Exception? cause = null)
    {
        var where = tensor is null ? "" : $" on tensor '{tensor}'";
        return new([new OperationProblem(file, OperationCodes.OperationFailed, $"the operation '{operation.Name}' failed{where}: {text}")], cause);
    }

    private static bool SpeaksForItself(Exception exception) =>
        exception is CheckpointOperationException or CheckpointException or OperationCanceledException or OutOfMemoryException;
}
