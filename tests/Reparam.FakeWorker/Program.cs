using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reparam.Build.Stamps;
using Reparam.Cli.Commands;

// reparam build PLAN --parent ID: speaks the worker's protocol. The first word of the checkpoint chooses what happens.
if (args is not ["build", var planFile, "--parent", var parent])
{
    Console.Error.WriteLine("usage: build PLAN --parent ID");
    return 2;
}

using var plan = JsonDocument.Parse(File.ReadAllText(planFile));
string Text(string name) => plan.RootElement.GetProperty(name).GetString()!;
var checkpoint = Text("checkpoint");
var output = Text("output");
string Further() => string.Concat(plan.RootElement.GetProperty("options").EnumerateObject().Select(option => $" {option.Name}={option.Value}"))
    + string.Concat(((string[])["targetBits", "targetSize", "maxOutputError", "allocationCost"])
        .Where(name => plan.RootElement.GetProperty(name).ValueKind != JsonValueKind.Null)
        .Select(name => $" {name}={plan.RootElement.GetProperty(name)}"));
var content = File.ReadAllText(checkpoint);
var partial = Path.Combine(Path.GetDirectoryName(output)!, $".{Path.GetFileName(output)}.0123456789abcdef.reparam-unfinished");

switch (content.Split(' ')[0])
{
    case "slow":
        // A child of its own, and a half-written file: both must be gone when the build was cancelled.
        File.WriteAllText(partial, "half");
        using (var child = Process.Start("sleep", "3600"))
        {
            File.WriteAllText(checkpoint + ".pids.new", $"{Environment.ProcessId} {child.Id} {parent}");
            File.Move(checkpoint + ".pids.new", checkpoint + ".pids", overwrite: true);
            using var watch = new ParentWatch(int.Parse(parent, CultureInfo.InvariantCulture), CancellationToken.None);
            watch.Token.WaitHandle.WaitOne();
        }

        return 130;
    case "error":
        File.WriteAllText(partial, "half");
        Console.Error.WriteLine($"{checkpoint}: error RPB0199: layer 'head' has no tensor 'head.weight'");
        return 1;
    case "silent":
        return 3;
    case "cut": // ends as by a signal, because what it had mapped is gone
        File.WriteAllText(checkpoint, "");
        return 134;
    case "nothing":
        return 0;
    case "warn":
        Console.WriteLine("##warn RPB0198 layer 'head' is all zero");
        break;
}

if (plan.RootElement.GetProperty("targetBits").ValueKind == JsonValueKind.Number)
{
    Console.WriteLine("##note plan for 3.5 bits a weight");
    File.WriteAllText(Text("allocation"), "{}");
}

Console.WriteLine("##progress 1 2 embed");
Console.WriteLine("##progress 2 2 head");
File.WriteAllText(partial, $"{Text("model")}{Further()} {content}");
File.Move(partial, output, overwrite: true);
foreach (var layout in plan.RootElement.GetProperty("runtimeLayouts").EnumerateArray())
{
    File.WriteAllText(Path.ChangeExtension(output, layout.GetString()), $"{layout} of {content}");
}

File.WriteAllText(Text("report"), "{}");
WriteStamp();
Console.WriteLine("##summary 2 layers packed");
return 0;

void WriteStamp()
{
    string[] shards = checkpoint.EndsWith(".json", StringComparison.Ordinal)
        ? [.. JsonDocument.Parse(content).RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().Order(StringComparer.Ordinal)]
        : [];
    var groups = new List<FileGroup>
    {
        FileGroup.Read(BuildStamp.Plan, [planFile]),
        FileGroup.Read(BuildStamp.Checkpoint, [checkpoint, .. shards.Select(shard => Path.Combine(Path.GetDirectoryName(checkpoint)!, shard))]),
        FileGroup.Read(BuildStamp.Tool, BuildStamp.ToolFiles(AppContext.BaseDirectory)),
    };
    groups.AddRange(((string[])[BuildStamp.Calibration, BuildStamp.AllocationPlan])
        .Where(name => plan.RootElement.GetProperty(name).ValueKind != JsonValueKind.Null)
        .Select(name => FileGroup.Read(name, [Text(name)])));
    if (plan.RootElement.GetProperty("extensions").EnumerateArray().Select(file => file.GetString()!).ToArray() is { Length: > 0 } extensions)
    {
        groups.Add(FileGroup.Read(BuildStamp.Extensions, extensions));
    }

    var outputs = plan.RootElement.GetProperty("runtimeLayouts").EnumerateArray().Select(layout => Path.ChangeExtension(output, layout.GetString())).Concat([output, Text("report")]);
    groups.AddRange(outputs.Select(file => FileGroup.Read(BuildStamp.Output, [file])));
    new BuildStamp(groups, File.GetLastWriteTimeUtc(output)).Write(Text("stamp"));
}
