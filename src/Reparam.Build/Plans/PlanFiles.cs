using System;
using System.IO;
using Reparam.Build.Stamps;

namespace Reparam.Build.Plans;

/// <summary>What the tasks that write plans share.</summary>
internal static class PlanFiles
{
    /// <summary>Reads the property ReparamWorkerThreads.</summary>
    /// <exception cref="BuildErrorException">RPB0010: it is no whole number.</exception>
    public static int ParseThreads(string text) =>
        text.Trim().Length == 0 ? 0
        : int.TryParse(text, out var threads) && threads >= 0 ? threads
        : throw new BuildErrorException("RPB0010", $"Property ReparamWorkerThreads is '{text}'; it must be a whole number, 0 for one thread a core.");

    /// <summary>Writes a plan, and leaves a file that says the same alone.</summary>
    /// <exception cref="BuildErrorException">RPB0013: it cannot be written.</exception>
    public static void WriteWhenDifferent(string path, string text)
    {
        try
        {
            if (File.Exists(path) && File.ReadAllText(path) == text)
            {
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            OwnFiles.Replace(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildErrorException("RPB0013", $"Plan '{path}' cannot be written: {e.Message}");
        }
    }

    /// <summary>Escapes what MSBuild would otherwise take for a list or an escape of its own.</summary>
    public static string Escape(string path) => path.Replace("%", "%25").Replace(";", "%3B");
}
