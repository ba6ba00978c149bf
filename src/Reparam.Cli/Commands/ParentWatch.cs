using System.Diagnostics;

namespace Reparam.Cli.Commands;

/// <summary>Ends work when the process that asked for it is gone, or the build behind it: a build that was killed cannot cancel its worker.</summary>
internal sealed class ParentWatch : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenSource end = new();
    private readonly Task watch;

    /// <summary>Starts to watch.</summary>
    /// <param name="processId">The process; null for none.</param>
    /// <param name="cancellation">Ends the work too.</param>
    public ParentWatch(int? processId, CancellationToken cancellation)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watch = processId is { } id ? Task.WhenAll(BuildProcesses.From(id).Select(WatchAsync)) : Task.CompletedTask;
    }

    /// <summary>Signalled when one of them is gone, or the work is cancelled otherwise.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        end.Cancel();
        watch.Wait();
        end.Dispose();
        source.Dispose();
    }

    private async Task WatchAsync(int id)
    {
        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync(end.Token).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // It ended before this process had started.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await source.CancelAsync().ConfigureAwait(false);
    }
}
