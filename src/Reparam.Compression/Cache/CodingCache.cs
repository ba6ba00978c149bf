using Reparam.Checkpoints;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Cache;

/// <summary>
/// Coded weights in a folder, by the content that they were made from: method, options, weight, calibration, the weights that it shares something with, and
/// the libraries that code. Each is written as soon as it is made, so that work that was killed goes on where it was. What cannot be read is coded anew, and
/// a folder that cannot be written only keeps nothing: neither is an error. Used by one thread at a time; several processes may use one folder.
/// </summary>
/// <param name="folder">The folder; it is made when the first coding is kept.</param>
public sealed class CodingCache(string folder)
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly HashSet<string> made = new(StringComparer.Ordinal);
    private int damaged;
    private string? firstDamage;
    private string? unwritable;

    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>
    /// What the user should know: entries that were not usable, a folder that cannot be written. Each is told once, however many entries it is about.
    /// </summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (damaged > 0)
            {
                var entries = damaged == 1 ? "an entry" : $"{damaged} entries";
                yield return $"{entries} of the cache '{Folder}' could not be used and {(damaged == 1 ? "was" : "were")} coded anew: {firstDamage}";
            }

            if (unwritable is not null)
            {
                yield return $"the cache '{Folder}' keeps no further layers: {unwritable}";
            }
        }
    }

    /// <summary>The coding of a job: from the folder, or made and kept.</summary>
    /// <param name="sessions">The layers' methods at work.</param>
    /// <param name="job">The weight and its options.</param>
    /// <returns>The coding; <see cref="CodedLayer.IsCached"/> says whether an earlier run made it.</returns>
    /// <exception cref="ArgumentException">As of <see cref="CodingSessions.Encode(LayerJob)"/>; the others, too.</exception>
    public CodedLayer Encode(CodingSessions sessions, LayerJob job)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(job);
        if (job.Weights.Length != (long)job.Rows * job.Columns)
        {
            return sessions.Encode(job);
        }

        var key = CodingKey.Of(sessions, job);
        if (Find(key, job) is { } found)
        {
            return made.Contains(key) ? found with { IsCached = false } : found;
        }

        var coded = sessions.Encode(job);
        made.Add(key);
        Keep(key, job, coded);
        return coded;
    }

    /// <summary>
    /// Removes every entry that was neither read nor written through this object, and what killed work left of entries. Other files stay. What cannot be
    /// removed stays, too.
    /// </summary>
    public void Prune()
    {
        try
        {
            if (!Directory.Exists(Folder))
            {
                return;
            }

            bool IsUnused(string file) => CodingEntry.IsEntry(file) && !used.Contains(Path.GetFileName(file));
            foreach (var file in Directory.GetFiles(Folder).Where(file => CodingEntry.IsUnfinished(file) || IsUnused(file)))
            {
                Remove(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is a cache: what stays takes space and does no harm.
        }
    }

    private CodedLayer? Find(string key, LayerJob job)
    {
        try
        {
            foreach (var file in CodingEntry.FilesOf(Folder, key))
            {
                if (Read(file, key, job) is { } coded)
                {
                    used.Add(Path.GetFileName(file));
                    return coded;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Damaged(exception.Message);
        }

        return null;
    }

    // A format of another library may fail in its own way on what an earlier version of it wrote.
    private CodedLayer? Read(string file, string key, LayerJob job)
    {
        try
        {
            return CodingEntry.Read(file, key, job);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not OutOfMemoryException)
        {
            Damaged($"'{Path.GetFileName(file)}': {(exception is CheckpointException refused ? refused.Detail : exception.Message)}");
            Remove(file);
            return null;
        }
    }

    private void Keep(string key, LayerJob job, CodedLayer coded)
    {
        if (unwritable is not null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Folder);
            used.Add(Path.GetFileName(CodingEntry.Write(Folder, key, job, coded)));
        }
        catch (CheckpointException exception)
        {
            unwritable = exception.Detail;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            unwritable = exception.Message;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // The packed file will refuse it with the name of the weight.
        }
    }

    private void Damaged(string reason)
    {
        damaged++;
        firstDamage ??= reason;
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process may hold it; it is replaced or removed the next time.
        }
    }
}
