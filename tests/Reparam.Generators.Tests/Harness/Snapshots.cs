using Snapshooter.Xunit;

namespace Reparam.Generators.Tests.Harness;

/// <summary>
/// Snapshots of emitted text, in <c>__snapshots__</c> beside the test. The only file that knows the snapshot library.
/// To accept new text, run the tests with REPARAM_UPDATE_SNAPSHOTS=1.
/// </summary>
internal static class Snapshots
{
    /// <summary>Fails unless the text equals the stored snapshot of the running test; a missing snapshot fails too.</summary>
    /// <param name="text">What was emitted.</param>
    /// <param name="name">Name of the snapshot, unique in the test class's folder.</param>
    public static void Match(string text, string name)
    {
        var update = Environment.GetEnvironmentVariable("REPARAM_UPDATE_SNAPSHOTS") == "1";
        Environment.SetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE", update ? "off" : "on");
        var fullName = Snapshot.FullName(name);
        var stored = Path.Combine(fullName.FolderPath, "__snapshots__", fullName.Filename);
        if (update && File.Exists(stored))
        {
            File.Delete(stored);
        }

        Snapshot.Match(text, fullName);
    }
}
