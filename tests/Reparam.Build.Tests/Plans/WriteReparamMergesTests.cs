using System.Text.Json;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Plans;
using Reparam.Build.Stamps;

namespace Reparam.Build.Tests.Plans;

public sealed class WriteReparamMergesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public WriteReparamMergesTests() => Array.ForEach(["a", "b", "base"], name => folder.Write($"{name}.safetensors", name));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Items_of_one_name_are_one_plan_whose_further_metadata_are_options()
    {
        var task = Run([.. Items("merged", ("Density", "0.5;0.2"), ("Keep", "head.*; mask ;"), ("DType", "F32"), ("Base", folder.PathOf("base.safetensors")),
            ("_Own", "x"))], threads: "2");
        Assert.Empty(task.Engine.Errors);
        var plan = Assert.Single(task.Task.Plans);
        Assert.Same(plan, Assert.Single(task.Task.Stale));

        using var document = JsonDocument.Parse(File.ReadAllText(plan.ItemSpec));
        var root = document.RootElement;
        Assert.Equal([folder.PathOf("b.safetensors"), folder.PathOf("a.safetensors")], Texts(root.GetProperty("inputs")));
        Assert.Equal((1, "ties", 2, "F32"),
            (root.GetProperty("version").GetInt32(), root.GetProperty("method").GetString(), root.GetProperty("threads").GetInt32(),
            root.GetProperty("dType").GetString()));
        Assert.Equal(folder.PathOf("base.safetensors"), root.GetProperty("base").GetString());
        Assert.Equal(["head.*", "mask"], Texts(root.GetProperty("keep")));
        Assert.Equal("{\n    \"Density\": \"0.5;0.2\"\n  }", root.GetProperty("options").GetRawText());
        Assert.Equal(folder.PathOf("obj/merged.safetensors"), root.GetProperty("output").GetString());
        Assert.Equal($"{folder.PathOf("b.safetensors")};{folder.PathOf("a.safetensors")};{folder.PathOf("base.safetensors")}", plan.GetMetadata("Sources"));
    }

    [Fact]
    public void Inputs_are_sorted_where_the_item_says_so()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Run([.. Items("merged", ("Order", "Name"))]).Task.Plans[0].ItemSpec));
        Assert.Equal([folder.PathOf("a.safetensors"), folder.PathOf("b.safetensors")], Texts(document.RootElement.GetProperty("inputs")));
    }

    [Fact]
    public void A_merge_is_stale_until_its_stamp_says_what_is_there()
    {
        var plan = Run([.. Items("merged")]).Task.Plans[0].ItemSpec;
        var output = folder.PathOf("obj/merged.safetensors");
        File.WriteAllText(output, "merged");
        Directory.CreateDirectory(folder.PathOf("tool"));
        folder.Write("tool/reparam.dll", "tool");
        Assert.Single(Run([.. Items("merged")], tool: folder.PathOf("tool/reparam.dll")).Task.Stale);
        new BuildStamp(
            [
                FileGroup.Read("plan", [plan]), FileGroup.Read("input-1", [folder.PathOf("b.safetensors")]),
                    FileGroup.Read("input-2", [folder.PathOf("a.safetensors")]),
                FileGroup.Read("tool", [folder.PathOf("tool/reparam.dll")]), FileGroup.Read("output", [output]),
            ],
            DateTime.UtcNow).Write(folder.PathOf("obj/merged.merge.stamp"));
        Assert.Empty(Run([.. Items("merged")], tool: folder.PathOf("tool/reparam.dll")).Task.Stale);

        folder.Write("a.safetensors", "other");
        Assert.Single(Run([.. Items("merged")], tool: folder.PathOf("tool/reparam.dll")).Task.Stale);
    }

    [Fact]
    public void What_is_wrong_has_a_code()
    {
        var contradicting = Items("merged").ToArray();
        contradicting[1].SetMetadata("Lambda", "2");
        Assert.Equal(("RPB0030", "The items of merge 'merged' have different Lambda: give each merge an OutputName of its own."), Error(Run(contradicting)));
        Assert.Equal("RPB0030", Error(Run([.. Items("merged", ("Method", ""))])).Code);
        Assert.Equal("RPB0014", Error(Run([.. Items("merged", ("Base", folder.PathOf("absent")))])).Code);
        Assert.Equal("RPB0010", Error(Run([.. Items("merged", ("Order", "size"))])).Code);
        Assert.Equal("RPB0010", Error(Run([.. Items("me/rged")])).Code);
        File.Delete(folder.PathOf("a.safetensors"));
        Assert.Equal("RPB0005", Error(Run([.. Items("merged")])).Code);
    }

    [Fact]
    public void A_checkpoint_that_is_to_come_from_a_merge_names_one()
    {
        var run = Run([.. Items("merged")], wanted: [new TaskItem("Merged"), new TaskItem("merge")]);
        Assert.Equal(
            ("RPB0031", "Checkpoint 'merge' is to come from a merge, and no ReparamMerge of the project has the OutputName 'merge' (did you mean merged?)."),
                Error(run));
    }

    [Fact]
    public void Temporary_files_are_those_of_the_merge()
    {
        Directory.CreateDirectory(folder.PathOf("obj"));
        const string Random = ".0123456789abcdef.reparam-unfinished";
        string[] own = [".m.v2.safetensors", ".m.v2.merge.json", ".m.v2.merge.stamp"];
        Array.ForEach([.. own, ".m.safetensors", ".m.v2.other"], name => folder.Write("obj/" + name + Random, ""));
        Assert.Equal(own.Order(StringComparer.Ordinal), OwnFiles.Temporaries(folder.PathOf("obj/m.v2.safetensors"))
            .Select(file => Path.GetFileName(file).Replace(Random, "")).Order(StringComparer.Ordinal));
    }

    private static (string Code, string Message) Error((WriteReparamMerges Task, FakeEngine Engine) run)
    {
        var error = Assert.Single(run.Engine.Errors);
        return (error.Code, error.Message!);
    }

    private static IEnumerable<string?> Texts(JsonElement array) => array.EnumerateArray().Select(text => text.GetString());

    private (WriteReparamMerges Task, FakeEngine Engine) Run(ITaskItem[] merges, string threads = "", string tool = "", ITaskItem[]? wanted = null)
    {
        var engine = new FakeEngine();
        var task = new WriteReparamMerges
        {
            BuildEngine = engine,
            Merges = merges,
            Wanted = wanted ?? [],
            Threads = threads,
            Tool = tool,
            ProjectFile = "App.csproj",
        };
        var succeeded = task.Execute();
        Assert.Equal(engine.Errors.Count == 0, succeeded);
        return (task, engine);
    }

    // b before a: the order is the item's, not that of the names.
    private IEnumerable<TaskItem> Items(string name, params (string Name, string Value)[] metadata)
    {
        foreach (var input in (string[])["b", "a"])
        {
            var item = new TaskItem(folder.PathOf($"{input}.safetensors"));
            item.SetMetadata("Method", "ties");
            item.SetMetadata("OutputName", name);
            item.SetMetadata("MergedFile", folder.PathOf($"obj/{name}.safetensors"));
            item.SetMetadata("MergePlan", folder.PathOf($"obj/{name}.merge.json"));
            item.SetMetadata("MergeStamp", folder.PathOf($"obj/{name}.merge.stamp"));
            Array.ForEach(metadata, each => item.SetMetadata(each.Name, each.Value));
            yield return item;
        }
    }
}
