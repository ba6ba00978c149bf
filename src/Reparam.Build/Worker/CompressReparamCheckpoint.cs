using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Stamps;

namespace Reparam.Build.Worker;

/// <summary>
/// Starts <c>dotnet exec reparam.dll VERB PLAN --parent ID</c> and turns its lines into messages, warnings and errors. The heavy work stays out of the
/// build node, and a cancelled build kills the worker with everything that it started; behind a killed one the worker ends itself.
/// </summary>
public sealed class CompressReparamCheckpoint : ToolTask
{
    private static readonly TimeSpan MessageInterval = TimeSpan.FromSeconds(5);
    private static readonly Regex CanonicalCode = new(@"(?<=: )(error|warning) RPB[0-9]{4}: ", RegexOptions.CultureInvariant);

    private readonly Stopwatch sinceMessage = Stopwatch.StartNew();
    private volatile bool cancelled;
    private string sourcesBefore = "";

    /// <summary>Full path of the plan.</summary>
    [Required]
    public string Plan { get; set; } = "";

    /// <summary>What the worker is asked for: <c>build</c> compresses a checkpoint, <c>build-merge</c> merges several.</summary>
    public string Verb { get; set; } = "build";

    /// <summary>Full path of the checkpoint, named in messages.</summary>
    [Required]
    public string Checkpoint { get; set; } = "";

    /// <summary>Name that tells this item from the project's others in messages; empty where there is one item.</summary>
    public string Label { get; set; } = "";

    /// <summary>Full path of the packed file.</summary>
    [Required]
    public string PackedFile { get; set; } = "";

    /// <summary>Full paths of all files that the result depends on, to tell a worker's end by its own fault from one by a file that changed under it.</summary>
    public ITaskItem[] Sources { get; set; } = [];

    /// <summary>Full path of the stamp that the worker writes last.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <summary>Full path of reparam.dll.</summary>
    [Required]
    public string Tool { get; set; } = "";

    /// <summary>Full path of the dotnet executable that runs the build; empty: the one on the search path.</summary>
    public string DotnetHost { get; set; } = "";

    /// <inheritdoc/>
    protected override string ToolName => Path.DirectorySeparatorChar == '\\' ? "dotnet.exe" : "dotnet";

    /// <inheritdoc/>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.Low;

    /// <inheritdoc/>
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.High;

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!File.Exists(Tool))
        {
            LogError("RPB0013", $"The worker '{Tool}' does not exist.");
            return false;
        }

        RemoveLeftovers();
        sourcesBefore = Facts();
        var succeeded = base.Execute() && RequireResult();
        if (!succeeded)
        {
            RemoveLeftovers();
        }

        return succeeded;
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        cancelled = true;
        base.Cancel();
    }

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() => DotnetHost.Length > 0 ? DotnetHost : ToolName;

    /// <inheritdoc/>
    protected override string GetWorkingDirectory() => Path.GetDirectoryName(Plan)!;

    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands()
    {
        var commands = new CommandLineBuilder();
        commands.AppendSwitch("exec");
        commands.AppendFileNameIfNotNull(Tool);
        commands.AppendSwitch(Verb);
        commands.AppendFileNameIfNotNull(Plan);
        commands.AppendSwitchIfNotNull("--parent ", CurrentProcessId());
        return commands.ToString();
    }

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (WorkerLine.Parse(singleLine) is not { } line)
        {
            // A canonical error becomes one of the build's.
            base.LogEventsFromTextOutput(
                Label.Length == 0 ? singleLine : CanonicalCode.Replace(singleLine, match => $"{match.Value}{Label}: ", 1), messageImportance);
            return;
        }

        switch (line.Kind)
        {
            case WorkerLineKind.Progress:
                // Every layer is in the log; a build that takes long shows every few seconds that it lives.
                var importance = MessageImportance.Normal;
                if (sinceMessage.Elapsed >= MessageInterval)
                {
                    importance = MessageImportance.High;
                    sinceMessage.Restart();
                }

                Log.LogMessage(importance, "{0}: [{1}/{2}] {3}", Name, line.Done, line.Total, line.Text);
                break;
            case WorkerLineKind.Warning:
                Log.LogWarning(null, line.Code, null, Checkpoint, 0, 0, 0, 0, "{0}", Labelled(line.Text));
                break;
            case WorkerLineKind.Detail:
                Log.LogMessage(MessageImportance.Normal, "{0}: {1}", Name, line.Text);
                break;
            default: // notes and the summary
                Log.LogMessage(MessageImportance.High, "{0}: {1}", Name, line.Text);
                break;
        }
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors()
    {
        if (!cancelled && !Log.HasLoggedErrors)
        {
            // A file that changes under a worker may end it in ways that it cannot tell.
            LogError("RPB0012", Facts() == sourcesBefore
                ? $"The worker ended with exit status {ExitCode} and without an error message. Nothing was written."
                : $"The worker ended with exit status {ExitCode} because a file that it read was changed, cut short or replaced meanwhile. Nothing was "
                    + "written: build again when the file is whole.");
        }

        return false;
    }

    // A build that is killed cannot cancel anything: the worker sees itself that this process is gone.
    private static string CurrentProcessId()
    {
        using var current = Process.GetCurrentProcess();
        return current.Id.ToString(CultureInfo.InvariantCulture);
    }

    private bool RequireResult()
    {
        var missing = !File.Exists(PackedFile) ? PackedFile
            : BuildStamp.Read(Stamp)?.Find(BuildStamp.Plan)?.Refreshed([Plan]) is null ? Stamp
            : null;
        if (missing is not null)
        {
            LogError("RPB0012", $"The worker ended without an error and without writing '{missing}'.");
        }

        return missing is null;
    }

    private string Name => Label.Length == 0 ? Path.GetFileName(Checkpoint) : $"{Path.GetFileName(Checkpoint)} ({Label})";

    private string Labelled(string text) => Label.Length == 0 ? text : $"{Label}: {text}";

    private void LogError(string code, string text) => Log.LogError(null, code, null, Checkpoint, 0, 0, 0, 0, "{0}", Labelled(text));

    // Length and time: what changes while the worker runs changes one of them.
    private string Facts() =>
        string.Join(
            "|", Sources.Select(source => new FileInfo(source.ItemSpec)).Select(file => file.Exists ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : "none"));

    /// <summary>Removes what a worker that was killed left beside its output: its temporary files, and no others.</summary>
    private void RemoveLeftovers()
    {
        foreach (var file in OwnFiles.Temporaries(PackedFile))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.LogMessage(MessageImportance.Normal, "'{0}' could not be removed: {1}", file, e.Message);
            }
        }
    }
}
