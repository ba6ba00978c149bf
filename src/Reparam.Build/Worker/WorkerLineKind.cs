namespace Reparam.Build.Worker;

/// <summary>What a line of the worker tells.</summary>
internal enum WorkerLineKind
{
    /// <summary>A layer is finished.</summary>
    Progress,

    /// <summary>Something that the user should know.</summary>
    Warning,

    /// <summary>How something was decided.</summary>
    Note,

    /// <summary>What only a detailed log needs.</summary>
    Detail,

    /// <summary>What was done in all.</summary>
    Summary,
}
