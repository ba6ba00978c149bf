using System.Diagnostics;
using System.Text.Json;

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
string Further() => string.Concat(((string[])["layout", "quality", "targetBits", "targetSize", "maxOutputError", "allocationCost"])
    .Where(name => plan.RootElement.GetProperty(name).ValueKind != JsonValueKind.Null)
    .Select(name => $" {name}={plan.RootElement.GetProperty(name)}"));
var content = File.ReadAllText(checkpoint);
var partial = output + ".partial";

switch (content.Split(' ')[0])
{
    case "slow":
        // A child of its own, and a half-written file: both must be gone when the build was cancelled.
        File.WriteAllText(partial, "half");
        using (var child = Process.Start("sleep", "300"))
        {
            File.WriteAllText(checkpoint + ".pids.new", $"{Environment.ProcessId} {child.Id} {parent}");
            File.Move(checkpoint + ".pids.new", checkpoint + ".pids", overwrite: true);
            Thread.Sleep(TimeSpan.FromMinutes(5));
        }

        return 0;
    case "error":
        File.WriteAllText(partial, "half");
        Console.Error.WriteLine($"{checkpoint}: error RPB0199: layer 'head' has no tensor 'head.weight'");
        return 1;
    case "silent":
        return 3;
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
File.WriteAllText(partial, $"{Text("model")} bits={plan.RootElement.GetProperty("bits")}{Further()} {content}");
File.Move(partial, output, overwrite: true);
foreach (var layout in plan.RootElement.GetProperty("runtimeLayouts").EnumerateArray())
{
    File.WriteAllText(Path.ChangeExtension(output, layout.GetString()), $"{layout} of {content}");
}

File.WriteAllText(Text("report"), "{}");
Console.WriteLine("##summary 2 layers packed");
return 0;
