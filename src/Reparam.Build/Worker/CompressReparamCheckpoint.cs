using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Reparam.Build.Worker;

/// <summary>
/// Starts <c>dotnet exec reparam.dll build PLAN --parent ID</c> and turns its lines into messages, warnings and errors. The heavy work stays out of the
/// build node, and a cancelled build kills the worker with everything that it started; behind a killed one the worker ends itself.
/// </summary>
public sealed class CompressReparamCheckpoint : ToolTask
{
    private static readonly TimeSpan MessageInterval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch sinceMessage = Stopwatch.StartNew();
    private volatile bool cancelled;

    /// <summary>Full path of the plan.</summary>
    [Required]
    public string Plan { get; set; } = "";

    /// <summary>Full path of the checkpoint, named in messages.</summary>
    [Required]
    public string Checkpoint { get; set; } = "";

    /// <summary>Full path of the packed file. It lies in a folder of its own, of which everything not named here is the worker's to write and ours to remove.</summary>
    [Required]
    public string PackedFile { get; set; } = "";

    /// <summary>Full path of the report.</summary>
    [Required]
    public string Report { get; set; } = "";

    /// <summary>Full path of the bit plan that a budget gives.</summary>
    public string Allocation { get; set; } = "";

    /// <summary>Full path of the stamp, touched when the worker has finished.</summary>
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
            Log.LogError(null, "RPB0013", null, Checkpoint, 0, 0, 0, 0, "The worker '{0}' does not exist.", Tool);
            return false;
        }

        RemoveLeftovers();
        var succeeded = base.Execute() && TouchStamp();
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
        commands.AppendSwitch("build");
        commands.AppendFileNameIfNotNull(Plan);
        commands.AppendSwitchIfNotNull("--parent ", CurrentProcessId());
        return commands.ToString();
    }

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (WorkerLine.Parse(singleLine) is not { } line)
        {
            base.LogEventsFromTextOutput(singleLine, messageImportance); // a canonical error becomes one of the build's
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

                Log.LogMessage(importance, "{0}: [{1}/{2}] {3}", Path.GetFileName(Checkpoint), line.Done, line.Total, line.Text);
                break;
            case WorkerLineKind.Warning:
                Log.LogWarning(null, line.Code, null, Checkpoint, 0, 0, 0, 0, "{0}", line.Text);
                break;
            default: // notes and the summary
                Log.LogMessage(MessageImportance.High, "{0}: {1}", Path.GetFileName(Checkpoint), line.Text);
                break;
        }
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors()
    {
        if (!cancelled && !Log.HasLoggedErrors)
        {
            Log.LogError(null, "RPB0012", null, Checkpoint, 0, 0, 0, 0, "The worker ended with exit status {0} and without an error message.", ExitCode);
        }

        return false;
    }

    // A build that is killed cannot cancel anything: the worker sees itself that this process is gone.
    private static string CurrentProcessId()
    {
        using var current = Process.GetCurrentProcess();
        return current.Id.ToString(CultureInfo.InvariantCulture);
    }

    private bool TouchStamp()
    {
        if (!File.Exists(PackedFile))
        {
            Log.LogError(null, "RPB0012", null, Checkpoint, 0, 0, 0, 0, "The worker ended without an error and without writing '{0}'.", PackedFile);
            return false;
        }

        try
        {
            File.WriteAllText(Stamp, "");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.LogError(null, "RPB0013", null, Stamp, 0, 0, 0, 0, "The stamp of the finished compression cannot be written: {0}", e.Message);
            return false;
        }
    }

    /// <summary>Removes what a worker that was killed left beside its output. The old output, report and stamp stay: they are whole.</summary>
    private void RemoveLeftovers()
    {
        string[] keep = [Plan, PackedFile, Report, Allocation, Stamp];
        var folder = Path.GetDirectoryName(PackedFile)!;
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !keep.Contains(file, StringComparer.OrdinalIgnoreCase)).ToList())
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
