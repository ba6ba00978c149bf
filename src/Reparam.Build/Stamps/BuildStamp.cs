using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Reparam.Build.Stamps;

/// <summary>
/// What a finished compression was made from and what it wrote, by content. The worker writes it last; the build compares it with what is there.
/// A text file: a line with the version and the time of the newest output, for each group a line with name and hash, then for each of its files an
/// indented line with facts (<c>?</c> for none) and path.
/// </summary>
internal sealed class BuildStamp
{
    /// <summary>Group of the plan, which holds every option.</summary>
    public const string Plan = "plan";

    /// <summary>Group of the checkpoint: the file, or the index and its shards in ordinal order.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>Group of the calibration.</summary>
    public const string Calibration = "calibration";

    /// <summary>Group of the saved bit plan.</summary>
    public const string AllocationPlan = "allocationPlan";

    /// <summary>Group of a merge's base.</summary>
    public const string MergeBase = "base";

    /// <summary>Group of the assemblies that hold methods of the user's own.</summary>
    public const string Extensions = "extensions";

    /// <summary>Group of the worker's assemblies.</summary>
    public const string Tool = "tool";

    /// <summary>Name of the group of each file that the worker wrote.</summary>
    public const string Output = "output";

    /// <summary>Name of the group of each copy of an output.</summary>
    public const string Copy = "copy";

    private const string FirstWords = "reparam stamp 1 ";
    private const string LastLine = "end";
    private const string NoFacts = "?";

    /// <summary>Takes what it says.</summary>
    /// <param name="groups">All groups.</param>
    /// <param name="latest">Time of the newest output.</param>
    public BuildStamp(IReadOnlyList<FileGroup> groups, DateTime latest)
    {
        Groups = groups;
        Latest = latest;
    }

    /// <summary>Time of the newest output when it was written, in UTC.</summary>
    public DateTime Latest { get; }

    /// <summary>All groups; of outputs and copies there are several.</summary>
    public IReadOnlyList<FileGroup> Groups { get; }

    /// <summary>Group of one input of a merge.</summary>
    /// <param name="input">From 0.</param>
    public static string MergeInput(int input) => "input-" + (input + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>The worker's assemblies, in the order in which they are hashed.</summary>
    /// <param name="folder">The folder of the worker.</param>
    public static string[] ToolFiles(string folder) => [.. Directory.GetFiles(folder, "*.dll").OrderBy(file => file, StringComparer.Ordinal)];

    /// <summary>The only group of a name; null where there is none.</summary>
    public FileGroup? Find(string name) => Groups.FirstOrDefault(group => group.Name == name);

    /// <summary>The group of one output or copy; null where there is none.</summary>
    public FileGroup? Find(string name, string path) => Groups.FirstOrDefault(group => group.Name == name && group.Files[0].Key == path);

    /// <summary>Reads a stamp; null when there is none that is whole.</summary>
    public static BuildStamp? Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (lines.Length < 2 || lines[lines.Length - 1] != LastLine || !lines[0].StartsWith(FirstWords, StringComparison.Ordinal)
            || !long.TryParse(lines[0].Substring(FirstWords.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            || ticks > DateTime.MaxValue.Ticks)
        {
            return null;
        }

        var groups = new List<FileGroup>();
        for (var i = 1; i < lines.Length - 1;)
        {
            var heading = lines[i++].Split(' ');
            var files = new List<KeyValuePair<string, string?>>();
            for (; lines[i].StartsWith(" ", StringComparison.Ordinal); i++)
            {
                var parts = lines[i].Substring(1).Split([' '], 2);
                if (parts.Length != 2)
                {
                    return null;
                }

                files.Add(new KeyValuePair<string, string?>(Unescape(parts[1]), parts[0] == NoFacts ? null : parts[0]));
            }

            if (heading.Length != 2 || files.Count == 0)
            {
                return null;
            }

            groups.Add(new FileGroup(heading[0], heading[1], files));
        }

        return new BuildStamp(groups, new DateTime(ticks, DateTimeKind.Utc));
    }

    /// <summary>Puts the stamp in its place, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string path)
    {
        var text = new StringBuilder(FirstWords).Append(Latest.Ticks.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var group in Groups)
        {
            text.Append(group.Name).Append(' ').Append(group.Hash).Append('\n');
            foreach (var file in group.Files)
            {
                text.Append(' ').Append(file.Value ?? NoFacts).Append(' ').Append(Escape(file.Key)).Append('\n');
            }
        }

        text.Append(LastLine).Append('\n');
        OwnFiles.Replace(path, text.ToString());
    }

    private static string Escape(string path) => path.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\r", "\\r");

    private static string Unescape(string text)
    {
        var path = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var escaped = text[i] == '\\' && i + 1 < text.Length;
            path.Append(!escaped ? text[i] : text[++i] switch { 'n' => '\n', 'r' => '\r', var other => other });
        }

        return path.ToString();
    }
}
