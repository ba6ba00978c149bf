using System.Runtime.CompilerServices;

namespace Reparam.Generators.Tests.Harness;

/// <summary>
/// Snapshots of emitted text, as plain files in <c>__snapshots__</c> beside the test. To accept new text, run the tests with REPARAM_UPDATE_SNAPSHOTS=1.
/// (Snapshooter was tried: it stores text as one escaped JSON string, which nobody can review.)
/// </summary>
internal static class Snapshots
{
    /// <summary>Fails unless the text equals the stored snapshot; a missing snapshot fails too.</summary>
    /// <param name="text">What was emitted.</param>
    /// <param name="name">File name of the snapshot.</param>
    /// <param name="test">Path of the test's source; given by the compiler.</param>
    public static void Match(string text, string name, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, "__snapshots__", name);
        if (Environment.GetEnvironmentVariable("REPARAM_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }

        Assert.True(File.Exists(file), $"There is no snapshot {file}. Look at the text, then run the tests with REPARAM_UPDATE_SNAPSHOTS=1.");
        Compare(File.ReadAllText(file), text, name);
    }

    /// <summary>Fails at the first line that differs, with the lines around it.</summary>
    /// <param name="expected">The stored text.</param>
    /// <param name="actual">The new text.</param>
    /// <param name="name">Name for the message.</param>
    public static void Compare(string expected, string actual, string name)
    {
        var (old, now) = (expected.Split('\n'), actual.Split('\n'));
        for (var i = 0; i < Math.Max(old.Length, now.Length); i++)
        {
            var (oldLine, newLine) = (old.ElementAtOrDefault(i), now.ElementAtOrDefault(i));
            Assert.True(oldLine == newLine, $"{name}, line {i + 1}:\n- {oldLine}\n+ {newLine}\nwhole new text:\n{actual}");
        }
    }
}
