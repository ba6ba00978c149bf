using Microsoft.Build.Logging.StructuredLogger;

namespace Reparam.Integration.Tests.Harness;

/// <summary>How a build ended, and what its binary log tells.</summary>
internal sealed class BuildResult(int exitCode, string output, string logFile)
{
    private readonly Lazy<Microsoft.Build.Logging.StructuredLogger.Build> log = new(() => BinaryLog.ReadBuild(logFile));

    public int ExitCode { get; } = exitCode;

    /// <summary>The console's text.</summary>
    public string Output { get; } = output;

    /// <summary>How many workers were started.</summary>
    public int WorkerRuns => TaskRuns("CompressReparamCheckpoint");

    public IReadOnlyList<Error> Errors => Nodes<Error>();

    public IReadOnlyList<Warning> Warnings => Nodes<Warning>();

    public IReadOnlyList<string> Messages => [.. Nodes<Message>().Select(message => message.Text)];

    /// <summary>Codes of the errors, sorted, each once.</summary>
    public IReadOnlyList<string> ErrorCodes => [.. Errors.Select(error => error.Code).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Items that a target added, by name.</summary>
    public IReadOnlyList<string> AddedItems(string name) =>
        [.. Nodes<AddItem>().Where(item => item.Name == name).SelectMany(item => item.Children.OfType<Item>()).Select(item => item.Text)];

    /// <summary>How often a task ran.</summary>
    public int TaskRuns(string name) => Nodes<Microsoft.Build.Logging.StructuredLogger.Task>().Count(task => task.Name == name);

    public BuildResult Succeeds()
    {
        Assert.True(ExitCode == 0, $"The build failed:\n{Output}");
        return this;
    }

    public BuildResult Fails()
    {
        Assert.True(ExitCode != 0, $"The build did not fail:\n{Output}");
        return this;
    }

    private List<T> Nodes<T>()
        where T : BaseNode
    {
        var nodes = new List<T>();
        log.Value.VisitAllChildren<T>(nodes.Add);
        return nodes;
    }
}
