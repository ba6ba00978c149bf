using System.Buffers.Binary;
using System.Text;

namespace Reparam.Runtime.Levels;

/// <summary>A program compiled for a further level, beside the one for the baseline: <c>StoryTeller.x86-64-v4</c> beside <c>StoryTeller</c>.</summary>
internal static class LevelFile
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>Why the file cannot take the place of the running program; null when it can.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mark">
    /// Text that the build put into it: its level and a hash of the assemblies that it was compiled from. A file that an earlier build left there does
    /// not hold it, nor does a copy of the baseline program.
    /// </param>
    public static string? Defect(string path, string mark)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var wanted = Encoding.UTF8.GetBytes(mark);
            var chunk = new byte[ChunkBytes];
            for (long start = 0; start < length; start += ChunkBytes - wanted.Length)
            {
                var bytes = chunk.AsSpan(0, RandomAccess.Read(file, chunk, start));
                if (start == 0 && OperatingSystem.IsLinux() && !IsWholeElf(bytes, length))
                {
                    return "is damaged";
                }

                if (bytes.IndexOf(wanted) >= 0)
                {
                    return null;
                }
            }

            return "belongs to another build";
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "is not there";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read ({exception.Message})";
        }
    }

    /// <summary>Whether this is the start of an x86-64 program and all that the kernel would map of it is in the file: the kernel itself does not check.</summary>
    private static bool IsWholeElf(ReadOnlySpan<byte> start, long length)
    {
        if (start.Length < 64 || !start.StartsWith("\u007FELF\u0002\u0001"u8) || BinaryPrimitives.ReadUInt16LittleEndian(start[18..]) != 62)
        {
            return false;
        }

        var table = BinaryPrimitives.ReadUInt64LittleEndian(start[32..]);
        var entryBytes = BinaryPrimitives.ReadUInt16LittleEndian(start[54..]);
        var entries = BinaryPrimitives.ReadUInt16LittleEndian(start[56..]);
        if (entryBytes < 56 || table > (ulong)start.Length || (ulong)start.Length - table < (ulong)entries * entryBytes)
        {
            return false;
        }

        for (var i = 0; i < entries; i++)
        {
            var entry = start[((int)table + i * entryBytes)..];
            var offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            var bytes = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            if (offset > (ulong)length || bytes > (ulong)length - offset)
            {
                return false;
            }
        }

        return true;
    }
}
