namespace Reparam.Checkpoints;

/// <summary>What a path can lead to.</summary>
internal enum NodeKind
{
    /// <summary>Nothing, or nothing that can be looked at.</summary>
    Nothing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device such as <c>/dev/null</c> or a terminal.</summary>
    CharacterDevice,

    /// <summary>A device such as a disk.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A kind that this version does not know.</summary>
    Other,
}
