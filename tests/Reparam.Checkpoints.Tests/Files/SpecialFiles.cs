using System.Diagnostics;
using System.Net.Sockets;

namespace Reparam.Checkpoints.Tests.Files;

/// <summary>Makes what lies in a folder and is no file.</summary>
internal static class SpecialFiles
{
    /// <summary>Kinds that this machine and user can make, by the words of the error.</summary>
    public static IReadOnlyDictionary<string, string> MakeAll(TemporaryFolder folder)
    {
        var places = new Dictionary<string, string> { ["a folder"] = folder.File("d") };
        Directory.CreateDirectory(folder.File("d"));
        if (OperatingSystem.IsLinux())
        {
            Run("mkfifo", folder.File("p"));
            places.Add("a named pipe", folder.File("p"));
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(folder.File("s")));

            // Closing the socket removes its place, which a second name outlives.
            Run("ln", folder.File("s"), folder.File("socket"));
            places.Add("a socket", folder.File("socket"));
            if (Run("mknod", folder.File("n"), "c", "1", "3"))
            {
                places.Add("a character device", folder.File("n"));
            }
        }

        return places;
    }

    /// <summary>Runs a command; false when it ends badly.</summary>
    public static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
