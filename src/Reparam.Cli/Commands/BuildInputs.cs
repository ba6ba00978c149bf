using Reparam.Build.Stamps;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Sharding;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Merging;

namespace Reparam.Cli.Commands;

/// <summary>
/// What a compression is made from, watched from before the first byte is read. A packed file takes its place only when all of it is still the same,
/// so that none is a mixture of two checkpoints.
/// </summary>
internal sealed class BuildInputs
{
    private readonly List<Input> inputs = [];
    private readonly FileGroup tool;

    private BuildInputs(string planFile, CancellationToken cancellation)
    {
        tool = Reading(planFile, () => FileGroup.Read(BuildStamp.Tool, BuildStamp.ToolFiles(AppContext.BaseDirectory), cancellation));
        Add(BuildStamp.Plan, [planFile], cancellation);
    }

    private BuildInputs(string planFile, OperationPlan plan, CancellationToken cancellation) : this(planFile, cancellation)
    {
        for (var i = 0; i < plan.Inputs.Length; i++)
        {
            Add(BuildStamp.MergeInput(i), FilesOf(plan.Inputs[i]), cancellation);
        }

        Add(BuildStamp.MergeBase, plan.Base is null ? [] : FilesOf(plan.Base), cancellation);
        Add(BuildStamp.Extensions, plan.Extensions, cancellation);
    }

    private BuildInputs(string planFile, BuildPlan plan, CancellationToken cancellation) : this(planFile, cancellation)
    {
        Add(BuildStamp.Checkpoint, FilesOf(plan.Checkpoint), cancellation);
        Add(BuildStamp.Calibration, plan.Calibration is null ? [] : [plan.Calibration], cancellation);
        Add(BuildStamp.Extensions, plan.Extensions ?? [], cancellation);
        Add(BuildStamp.AllocationPlan, plan.AllocationPlan is null ? [] : [plan.AllocationPlan], cancellation);
    }

    /// <summary>Begins to watch. Call it before anything is opened.</summary>
    /// <param name="planFile">Full path of the plan.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">A file cannot be read.</exception>
    public static BuildInputs Watch(string planFile, BuildPlan plan, CancellationToken cancellation) => new(planFile, plan, cancellation);

    /// <summary>Begins to watch what a merge is made from. Call it before anything is opened.</summary>
    /// <param name="planFile">Full path of the plan.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">A file cannot be read.</exception>
    public static BuildInputs Watch(string planFile, OperationPlan plan, CancellationToken cancellation) => new(planFile, plan, cancellation);

    /// <summary>Requires that nothing has changed since.</summary>
    /// <param name="hashes">SHA-256 of checkpoints as they were merged, by path.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>What was read, for the stamp.</returns>
    /// <exception cref="CompressionException">RPB0150: a file was changed, replaced or removed meanwhile.</exception>
    public IReadOnlyList<FileGroup> Confirm(IReadOnlyDictionary<string, string> hashes, CancellationToken cancellation) =>
        [.. inputs.Select(input => input.Confirm(hashes.GetValueOrDefault(input.File), cancellation)), tool];

    /// <summary>Requires that nothing has changed since.</summary>
    /// <param name="checkpointHash">SHA-256 of the checkpoint's bytes as they were coded.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>What was read, for the stamp.</returns>
    /// <exception cref="CompressionException">RPB0150: a file was changed, replaced or removed meanwhile.</exception>
    public IReadOnlyList<FileGroup> Confirm(string checkpointHash, CancellationToken cancellation) =>
        [.. inputs.Select(input => input.Confirm(input.Name == BuildStamp.Checkpoint ? checkpointHash : null, cancellation)), tool];

    // An index may name other shards by the time it is opened again; its own facts tell that.
    private static IReadOnlyList<string> FilesOf(string checkpoint)
    {
        if (!checkpoint.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(checkpoint))
        {
            return [checkpoint];
        }

        using var opened = Checkpoint.Open(checkpoint);
        return [opened.Path, .. (opened as ShardedCheckpoint)?.ShardPaths ?? []];
    }

    private static T Reading<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(file, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    private void Add(string name, IReadOnlyList<string> files, CancellationToken cancellation)
    {
        // What is not there is told by whoever opens it.
        if (files.Count > 0 && files.All(File.Exists))
        {
            inputs.Add(new Input(name, files, cancellation));
        }
    }

    /// <summary>One input. Where equal facts prove nothing, its content is read before the work and after it.</summary>
    private sealed class Input
    {
        private readonly IReadOnlyList<string> files;
        private readonly string?[] facts;
        private readonly bool isSettled;
        private readonly string? hash;

        public Input(string name, IReadOnlyList<string> files, CancellationToken cancellation)
        {
            Name = name;
            this.files = files;
            facts = [.. files.Select(FileFacts.OfFresh)];
            isSettled = FileGroup.Facts(files).All(file => file.Value is not null);
            hash = isSettled ? null : Read(cancellation).Hash;
        }

        public string Name { get; }

        public string File => files[0];

        public FileGroup Confirm(string? coded, CancellationToken cancellation)
        {
            return Same(coded, cancellation) ?? throw new CompressionException(files[0], CompressionDiagnostics.InputChanged.With(Name));
        }

        private FileGroup? Same(string? coded, CancellationToken cancellation)
        {
            if (!files.Select(FileFacts.OfFresh).SequenceEqual(facts) || !files.All(System.IO.File.Exists))
            {
                return null;
            }

            var now = isSettled && coded is not null ? new FileGroup(Name, coded, FileGroup.Facts(files)) : Read(cancellation);
            return now.Hash == (coded ?? now.Hash) && now.Hash == (hash ?? now.Hash) && files.Select(FileFacts.OfFresh).SequenceEqual(facts) ? now : null;
        }

        private FileGroup Read(CancellationToken cancellation) => Reading(files[0], () => FileGroup.Read(Name, files, cancellation));
    }
}
