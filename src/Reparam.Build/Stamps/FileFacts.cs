using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Reparam.Build.Stamps;

/// <summary>
/// What the system tells of a file without reading it: length, time of the last write, and what a program cannot set back, the file's identity and
/// the time of its last change. Equal facts mean equal content.
/// </summary>
internal static class FileFacts
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint BasicStatistics = 0x7ff; // STATX_BASIC_STATS
    private const int BufferSize = 256;
    private const int KindMask = 0xf000; // S_IFMT
    private const int RegularFile = 0x8000; // S_IFREG

    // A file system counts time in steps, up to two seconds: what changed within them may change again under the same time.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The facts as one word; null where they prove nothing: the file is not there, it changed a moment ago, or the system (all but Linux) does not
    /// tell them. Then only the content can be compared. Links are followed.
    /// </summary>
    public static string? Of(string path) => Read(path) is { } buffer && !ChangedNow(buffer) ? Describe(buffer) : null;

    /// <summary>The same, without regard to when the file changed: facts that differ prove a change, facts that are equal do not yet exclude one.</summary>
    public static string? OfFresh(string path) => Read(path) is { } buffer ? Describe(buffer) : null;

    /// <summary>Whether a path leads to a device, pipe, socket or folder, where the system tells: reading one could wait for ever.</summary>
    public static bool IsNoFile(string path) => Read(path) is { } buffer && (BitConverter.ToUInt16(buffer, 28) & KindMask) != RegularFile;

    // struct statx, which has one layout on all processors.
    private static byte[]? Read(string path)
    {
        var buffer = new byte[BufferSize];
        try
        {
            return Path.DirectorySeparatorChar == '/' && RuntimeInformation.IsOSPlatform(OSPlatform.Linux)
                && Statx(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, BasicStatistics, buffer) == 0 ? buffer : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static bool ChangedNow(byte[] buffer) =>
        Math.Max(Modified(buffer).Seconds, Changed(buffer).Seconds) >= (DateTimeOffset.UtcNow - Step).ToUnixTimeSeconds();

    private static string Describe(byte[] buffer)
    {
        var (modified, changed) = (Modified(buffer), Changed(buffer));
        var (length, node) = (BitConverter.ToUInt64(buffer, 40), BitConverter.ToUInt64(buffer, 32));
        var (major, minor) = (BitConverter.ToUInt32(buffer, 136), BitConverter.ToUInt32(buffer, 140));
        return string.Format(
            CultureInfo.InvariantCulture, "{0}/{1}.{2:000000000}/{3}.{4:000000000}/{5}:{6}/{7}",
            length, modified.Seconds, modified.Nanoseconds, changed.Seconds, changed.Nanoseconds, major, minor, node);
    }

    private static (long Seconds, uint Nanoseconds) Modified(byte[] buffer) => Time(buffer, 112);

    private static (long Seconds, uint Nanoseconds) Changed(byte[] buffer) => Time(buffer, 96);

    private static (long Seconds, uint Nanoseconds) Time(byte[] buffer, int offset) =>
        (BitConverter.ToInt64(buffer, offset), BitConverter.ToUInt32(buffer, offset + 8));

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, [Out] byte[] buffer);
}
