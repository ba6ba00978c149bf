using System.Globalization;

namespace Reparam.Cli.Commands;

/// <summary>
/// The processes of a build. One that MSBuild started for a part of the work (a node, or the host of a task) outlives the build that was killed for as long as
/// its task runs, so that the build itself is to be watched, too.
/// </summary>
internal static class BuildProcesses
{
    // What MSBuild writes on the command line of each process that it starts for itself. One that several builds use, one after the other, ends its task
    // itself when its build is gone, and who started it does not count.
    private const string Servant = "/nodemode:";
    private const string Reused = "/nodereuse:true";
    private const int MaxLength = 8;

    /// <summary>
    /// The process and, as long as each is one of MSBuild's servants, the one that started it. Where the system does not tell (all but Linux), the process
    /// alone.
    /// </summary>
    public static IReadOnlyList<int> From(int id)
    {
        List<int> chain = [id];
        while (chain.Count < MaxLength && IsServant(chain[^1]) && ParentOf(chain[^1]) is > 1 and var parent)
        {
            chain.Add(parent);
        }

        return chain;
    }

    private static bool IsServant(int id)
    {
        var arguments = Read(id, "cmdline").Split('\0');
        return arguments.Any(argument => argument.StartsWith(Servant, StringComparison.OrdinalIgnoreCase))
            && !arguments.Contains(Reused, StringComparer.OrdinalIgnoreCase);
    }

    // 12345 (dotnet) S 12340 …; the name may hold anything.
    private static int? ParentOf(int id)
    {
        var status = Read(id, "stat");
        var fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent) ? parent : null;
    }

    private static string Read(int id, string file)
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/{file}")) : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
