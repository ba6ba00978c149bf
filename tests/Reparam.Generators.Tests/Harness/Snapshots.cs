using System.Runtime.CompilerServices;
using Newtonsoft.Json.Linq;
using Snapshooter;
using Snapshooter.Core;

namespace Reparam.Generators.Tests.Harness;

/// <summary>
/// Snapshots of emitted text, as plain files in <c>__snapshots__</c> beside the test; the one file that knows Snapshooter. Text that differs
/// is left in <c>__snapshots__/__mismatch__</c>. To accept new text, run the tests with REPARAM_UPDATE_SNAPSHOTS=1.
/// </summary>
internal static class Snapshots
{
    private static readonly SnapshotAssert Assertion = new(
        new PlainText(), new SnapshotFileHandler(), new SnapshotEnvironmentCleaner(new SnapshotFileHandler()), new PlainText(), new PlainText());

    /// <summary>Fails unless the text equals the stored snapshot; a missing snapshot fails too.</summary>
    /// <param name="text">What was emitted.</param>
    /// <param name="name">File name of the snapshot.</param>
    /// <param name="test">Path of the test's source; given by the compiler.</param>
    public static void Match(string text, string name, [CallerFilePath] string test = "")
    {
        var folder = Path.GetDirectoryName(test)!;
        var file = Path.Combine(folder, "__snapshots__", name);
        if (Environment.GetEnvironmentVariable("REPARAM_UPDATE_SNAPSHOTS") == "1")
        {
            File.Delete(file);
        }
        else
        {
            Assert.True(File.Exists(file), $"There is no snapshot {file}. Look at the text, then run the tests with REPARAM_UPDATE_SNAPSHOTS=1.");
        }

        Assertion.AssertSnapshot(text, new SnapshotFullName(name, folder), new MatchOptions());
    }

    /// <summary>Fails at the first line that differs.</summary>
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

    /// <summary>Text is stored and compared as it is, not as a JSON string on one escaped line, which nobody could review.</summary>
    private sealed class PlainText : ISnapshotSerializer, ISnapshotComparer, ISnapshotFormatter
    {
        public string SerializeObject(object objectToSerialize) => (string)objectToSerialize;

        public string SerializeJsonToken(JToken jsonToken) => jsonToken.ToString();

        public JToken Deserialize(string snapshotData) => new JValue(snapshotData);

        public string FormatSnapshot(string snapshotData, MatchOptions matchOptions) => snapshotData;

        public void CompareSnapshots(string expectedSnapshot, string actualSnapshot, MatchOptions matchOptions) =>
            Compare(expectedSnapshot, actualSnapshot, "snapshot");
    }
}
