using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Reparam.Build.Stamps;

/// <summary>Whether what a stamp says is still so.</summary>
internal static class StampCheck
{
    /// <summary>
    /// True when every input has the content that was compressed and every output the content that was written. Facts are compared first; a file whose
    /// facts differ is read, and where its content is the same, the stamp gets the new facts.
    /// </summary>
    /// <param name="stampFile">The stamp.</param>
    /// <param name="inputs">Each group that there is now, by name, with its files.</param>
    /// <param name="outputs">Files that must be among those that were written.</param>
    public static bool IsCurrent(string stampFile, IReadOnlyDictionary<string, IReadOnlyList<string>> inputs, IEnumerable<string> outputs)
    {
        if (BuildStamp.Read(stampFile) is not { } stamp
            || inputs.Keys.Any(name => stamp.Find(name) is null)
            || stamp.Groups.Any(group => group.Name is not (BuildStamp.Output or BuildStamp.Copy) && !inputs.ContainsKey(group.Name))
            || outputs.Any(output => stamp.Find(BuildStamp.Output, output) is null))
        {
            return false;
        }

        var refreshed = new List<FileGroup>();
        foreach (var group in stamp.Groups)
        {
            var now = group.Name switch
            {
                BuildStamp.Copy => group,
                BuildStamp.Output => group.Refreshed([group.Files[0].Key]),
                _ => group.Refreshed(inputs[group.Name]),
            };
            if (now is null)
            {
                return false;
            }

            refreshed.Add(now);
        }

        Save(stampFile, stamp, refreshed);
        return true;
    }

    /// <summary>
    /// Removes copies of outputs that are not what was written, so that the build copies again: it goes by time, and a copy may be as new and another. The
    /// output gets a later time than such a copy had, for the sake of copies that other projects made of it.
    /// </summary>
    /// <param name="stampFile">The stamp.</param>
    /// <param name="copies">Each output with the place of a copy.</param>
    public static void RemoveOtherCopies(string stampFile, IEnumerable<KeyValuePair<string, string>> copies)
    {
        if (BuildStamp.Read(stampFile) is not { } stamp)
        {
            return;
        }

        var groups = stamp.Groups.ToList();
        foreach (var copy in copies)
        {
            if (!File.Exists(copy.Value) || stamp.Find(BuildStamp.Output, copy.Key) is not { } output)
            {
                continue;
            }

            var known = groups.FirstOrDefault(group => group.Name == BuildStamp.Copy && group.Files[0].Key == copy.Value);
            groups.Remove(known!);
            var expected = known?.Hash == output.Hash
                ? known
                : new FileGroup(BuildStamp.Copy, output.Hash, [new KeyValuePair<string, string?>(copy.Value, null)]);
            if (expected.Refreshed([copy.Value]) is { } same)
            {
                groups.Add(same);
            }
            else
            {
                var time = File.GetLastWriteTimeUtc(copy.Value);
                File.Delete(copy.Value);
                if (time >= File.GetLastWriteTimeUtc(copy.Key))
                {
                    File.SetLastWriteTimeUtc(copy.Key, time.AddSeconds(1));
                }
            }
        }

        Save(stampFile, stamp, groups);
    }

    // Facts only spare reading: a stamp that cannot be written now is written another time.
    private static void Save(string stampFile, BuildStamp stamp, List<FileGroup> groups)
    {
        if (groups.SequenceEqual(stamp.Groups))
        {
            return;
        }

        try
        {
            new BuildStamp(groups, stamp.Latest).Write(stampFile);
        }
        catch (System.Exception e) when (e is IOException or System.UnauthorizedAccessException)
        {
        }
    }
}
