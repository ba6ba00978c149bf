using System.Runtime.InteropServices;

namespace Reparam.Checkpoints;

/// <summary>What lies at a path: its kind, mode and owner.</summary>
/// <param name="Kind">The kind, links not followed.</param>
/// <param name="Mode">Permissions; null where the system has none.</param>
/// <param name="User">Number of the owner; null where the system does not tell.</param>
/// <param name="Group">Number of the group.</param>
internal readonly partial record struct FileNode(NodeKind Kind, UnixFileMode? Mode = null, uint? User = null, uint? Group = null)
{
    private const int TypeMask = 0xF000;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int BasicFields = 0x7FF;

    /// <summary>Looks at a path. Only Linux tells devices, pipes and sockets from files; a path that cannot be looked at has nothing.</summary>
    public static FileNode Of(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                return OfLinux(path);
            }
            catch (TypeLoadException)
            {
                // An old C library, or none of that name: what the attributes tell has to do.
            }
        }

        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
        {
            return new FileNode(NodeKind.Link);
        }

        var mode = OperatingSystem.IsWindows() || !file.Exists ? (UnixFileMode?)null : file.UnixFileMode;
        return new FileNode(Directory.Exists(path) ? NodeKind.Folder : file.Exists ? NodeKind.File : NodeKind.Nothing, mode);
    }

    /// <summary>Gives an open file another owner and group. A process that may not do that leaves them as they are.</summary>
    public static void SetOwner(SafeHandle file, uint user, uint group)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = ChangeOwner(file, user, group);
        }
    }

    // The kernel fixes the layout of this structure for all processors.
    private static FileNode OfLinux(string path)
    {
        Span<byte> fields = stackalloc byte[256];
        if (Stat(CurrentFolder, path, NoFollow, BasicFields, ref MemoryMarshal.GetReference(fields)) != 0)
        {
            return default;
        }

        var mode = MemoryMarshal.Read<ushort>(fields[28..]);
        var kind = (mode & TypeMask) switch
        {
            0x1000 => NodeKind.Pipe,
            0x2000 => NodeKind.CharacterDevice,
            0x4000 => NodeKind.Folder,
            0x6000 => NodeKind.BlockDevice,
            0x8000 => NodeKind.File,
            0xA000 => NodeKind.Link,
            0xC000 => NodeKind.Socket,
            _ => NodeKind.Other,
        };
        return new FileNode(kind, (UnixFileMode)(mode & ~TypeMask), MemoryMarshal.Read<uint>(fields[20..]), MemoryMarshal.Read<uint>(fields[24..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, ref byte fields);

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeHandle file, uint user, uint group);
}
