using Reparam.Build.Stamps;
using Reparam.Checkpoints;

namespace Reparam.Cli.Commands;

/// <summary>The worker's last word: what the outputs were made from, and what they hold.</summary>
internal static class BuildStamps
{
    /// <summary>Reads the outputs and writes the stamp.</summary>
    /// <param name="stamp">Where it goes.</param>
    /// <param name="inputs">What was read.</param>
    /// <param name="outputs">The files that were written.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">An output cannot be read, or the stamp cannot be written.</exception>
    public static void Write(string stamp, IReadOnlyList<FileGroup> inputs, IReadOnlyList<string> outputs, CancellationToken cancellation)
    {
        try
        {
            LaterThan(BuildStamp.Read(stamp)?.Latest, outputs);
            var latest = outputs.Max(File.GetLastWriteTimeUtc);
            new BuildStamp([.. inputs, .. outputs.Select(file => FileGroup.Read(BuildStamp.Output, [file], cancellation))], latest).Write(stamp);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(stamp, null, CheckpointRule.Writable, $"the stamp cannot be written: {exception.Message}", exception);
        }
    }

    // The build copies what is newer. A clock that was set back must not make a new file look older than the copy of its predecessor.
    private static void LaterThan(DateTime? before, IReadOnlyList<string> outputs)
    {
        foreach (var file in outputs.Where(file => File.GetLastWriteTimeUtc(file) <= before))
        {
            File.SetLastWriteTimeUtc(file, before!.Value.AddSeconds(1));
        }
    }
}
