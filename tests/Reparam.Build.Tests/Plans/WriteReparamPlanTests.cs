using System.Text.Json;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Plans;

namespace Reparam.Build.Tests.Plans;

public sealed class WriteReparamPlanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string assembly;

    public WriteReparamPlanTests()
    {
        assembly = ManifestAssembly.Write(folder.PathOf("Model.dll"), ("Ns.Model", ManifestAssembly.Json(root: true, ("b", "Ns.Block"))), ("Ns.Block", ManifestAssembly.Json()));
        folder.Write("model.safetensors", "");
    }

    [Fact]
    public void The_plan_says_what_the_item_says_and_has_the_manifests_as_they_are()
    {
        var item = Item("model.safetensors", "model");
        item.SetMetadata("Bits", " 3 ");
        item.SetMetadata("Seed", "-7");
        item.SetMetadata("Layout", "Block8");
        item.SetMetadata("Options", " GroupSize = 64 ; uniform.Bits=5;Compensate=False;BITS=2;;Text=007 ");
        item.SetMetadata("MaxWeightError", "0.05");
        item.SetMetadata("Skip", "rotary.*; *.mask ;");
        item.SetMetadata("RuntimeLayout", "AVX512; avx2;avx512");

        var (plans, engine) = Run(threads: "2", item);

        Assert.Empty(engine.Errors);
        using var plan = JsonDocument.Parse(File.ReadAllText(Assert.Single(plans).ItemSpec));
        var root = plan.RootElement;
        Assert.Equal(1, root.GetProperty("version").GetInt32());
        Assert.Equal(folder.PathOf("model.safetensors"), root.GetProperty("checkpoint").GetString());
        Assert.Equal(folder.PathOf("obj/model.reparam.safetensors"), root.GetProperty("output").GetString());
        Assert.Equal(folder.PathOf("obj/model.report.json"), root.GetProperty("report").GetString());
        Assert.Equal("Ns.Model", root.GetProperty("model").GetString());
        Assert.Equal(
            """{"layout": "Block8", "seed": -7, "groupSize": 64, "uniform.bits": 5, "compensate": false, "bITS": 2, "text": "007"}""",
            root.GetProperty("options").GetRawText());
        Assert.Equal(0, root.GetProperty("extensions").GetArrayLength());
        Assert.Equal(2, root.GetProperty("threads").GetInt32());
        Assert.Equal(["rotary.*", "*.mask"], root.GetProperty("skip").EnumerateArray().Select(pattern => pattern.GetString()));
        Assert.Equal(folder.PathOf("obj/model.stamp"), root.GetProperty("stamp").GetString());
        Assert.Equal(folder.PathOf("obj/cache"), root.GetProperty("cache").GetString());
        Assert.Equal(0.05, root.GetProperty("maxWeightError").GetDouble());
        Assert.Equal(["avx512", "avx2"], root.GetProperty("runtimeLayouts").EnumerateArray().Select(layout => layout.GetString()));
        Assert.Equal($"{folder.PathOf("obj/model.reparam.avx512")};{folder.PathOf("obj/model.reparam.avx2")}", plans[0].GetMetadata("Prepacked"));
        Assert.Equal(["Ns.Block", "Ns.Model"], root.GetProperty("manifests").EnumerateObject().Select(member => member.Name));
        Assert.Equal(ManifestAssembly.Json(root: true, ("b", "Ns.Block")), root.GetProperty("manifests").GetProperty("Ns.Model").GetRawText());
    }

    [Fact]
    public void What_is_not_set_is_null_or_zero()
    {
        using var plan = JsonDocument.Parse(File.ReadAllText(Run("", Item("model.safetensors", "model")).Plans[0].ItemSpec));
        Assert.Equal(0, plan.RootElement.GetProperty("threads").GetInt32());
        Assert.Equal("{}", plan.RootElement.GetProperty("options").GetRawText());
        Assert.Equal(JsonValueKind.Null, plan.RootElement.GetProperty("maxWeightError").ValueKind);
        Assert.Equal(0, plan.RootElement.GetProperty("runtimeLayouts").GetArrayLength());
    }

    [Fact]
    public void An_unchanged_plan_is_not_written_again()
    {
        var plan = Run("", Item("model.safetensors", "model")).Plans[0].ItemSpec;
        var old = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(plan, old);

        Run("", Item("model.safetensors", "model"));
        Assert.Equal(old, File.GetLastWriteTimeUtc(plan));

        Run("1", Item("model.safetensors", "model"));
        Assert.NotEqual(old, File.GetLastWriteTimeUtc(plan));
        Assert.Equal([plan], Directory.GetFiles(Path.GetDirectoryName(plan)!));
    }

    [Fact]
    public void Odd_characters_of_paths_survive()
    {
        const string name = "a;b 100% \"é\" %20.safetensors";
        folder.Write(name, "");

        var (plans, engine) = Run("", Item(name, "odd"));

        Assert.Empty(engine.Errors);
        Assert.Equal(folder.PathOf(name), plans[0].GetMetadata("Checkpoint"));
        using var plan = JsonDocument.Parse(File.ReadAllText(plans[0].ItemSpec));
        Assert.Equal(folder.PathOf(name), plan.RootElement.GetProperty("checkpoint").GetString());
    }

    [Fact]
    public void An_index_stands_for_its_shards()
    {
        folder.Write("one.safetensors", "");
        folder.Write("two.safetensors", "");
        folder.Write("m.index.json", """{ "weight_map": { "a": "two.safetensors", "b": "one.safetensors", "c": "two.safetensors" } }""");

        var sources = Run("", Item("m.index.json", "m")).Plans[0].GetMetadata("Sources");

        Assert.Equal([folder.PathOf("m.index.json"), folder.PathOf("one.safetensors"), folder.PathOf("two.safetensors")], sources.Split(';'));
    }

    [Theory]
    [InlineData("absent.safetensors", "RPB0005", "does not exist")]
    [InlineData("folder.safetensors", "RPB0005", "is a folder: name the safetensors file in it")]
    [InlineData("broken.index.json", "RPB0005", "cannot be read")]
    [InlineData("other.index.json", "RPB0005", "weight_map")]
    [InlineData("lacking.index.json", "RPB0005", "names shard")]
    public void A_checkpoint_that_is_not_there_is_named(string file, string code, string reason)
    {
        Directory.CreateDirectory(folder.PathOf("folder.safetensors"));
        folder.Write("broken.index.json", "{");
        folder.Write("other.index.json", "{}");
        folder.Write("lacking.index.json", """{ "weight_map": { "a": "absent.safetensors" } }""");

        var error = Assert.Single(Run("", Item(file, "m")).Engine.Errors);

        Assert.Equal(code, error.Code);
        Assert.Equal("app.csproj", error.File);
        Assert.Contains(folder.PathOf(file), error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bits", "three")]
    [InlineData("Bits", "0")]
    [InlineData("Bits", "2.5")]
    [InlineData("Seed", "1e3")]
    [InlineData("Seed", "3000000000")]
    [InlineData("CopyToOutputDirectory", "Allways")]
    [InlineData("MaxWeightError", "0")]
    [InlineData("MaxWeightError", "-1")]
    [InlineData("MaxWeightError", "NaN")]
    [InlineData("MaxWeightError", "Infinity")]
    [InlineData("MaxWeightError", "0,5")]
    [InlineData("Options", "Bits")]
    [InlineData("Options", "=3")]
    [InlineData("Options", "Bits=")]
    [InlineData("Options", "a b=3")]
    [InlineData("Options", "Bits=3;a.b.c=4")]
    [InlineData("AllocationCost", "error")]
    [InlineData("TargetBits", "0")]
    [InlineData("TargetBits", "3,5")]
    [InlineData("TargetSize", "5 potatoes")]
    [InlineData("TargetSize", "-5MB")]
    [InlineData("TargetSize", "0.5B")]
    [InlineData("MaxOutputError", "Infinity")]
    [InlineData("OutputName", "a/b")]
    [InlineData("OutputName", "a\\b")]
    [InlineData("OutputName", "..")]
    [InlineData("OutputName", "")]
    public void Metadata_of_another_form_is_an_error(string name, string value)
    {
        var item = Item("model.safetensors", "model");
        item.SetMetadata(name, value);

        var error = Assert.Single(Run("", item).Engine.Errors);

        Assert.Equal("RPB0010", error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TargetBit", "TargetBits")]
    [InlineData("targetsize ", null)]
    [InlineData("Callibration", "Calibration")]
    [InlineData("OutputNam", "OutputName")]
    [InlineData("Frobnicate", null)]
    public void Metadata_that_no_item_has_are_refused_with_the_nearest_name(string name, string? nearest)
    {
        var item = new TaskItem(folder.PathOf("model.safetensors"));
        item.SetMetadata(name.Trim() + (nearest is null ? "X_" : ""), "1");
        item.SetMetadata("Link", "x");
        item.SetMetadata("Pack", "true");
        item.SetMetadata("_Mine", "x");
        item.SetMetadata("calibration", "x");
        var engine = new FakeEngine();
        var task = new WriteReparamPlan { BuildEngine = engine, Checkpoints = [Item("model.safetensors", "model")], Declared = [item], Assemblies = [new TaskItem(assembly)], ProjectFile = "app.csproj" };
        Assert.False(task.Execute());
        var error = Assert.Single(engine.Errors);
        Assert.Equal("RPB0017", error.Code);
        Assert.Contains($"'{folder.PathOf("model.safetensors")}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(nearest is null ? "an unknown metadatum" : $"(did you mean {nearest}?)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.pt", "PK\u0003\u0004", "an archive, as PyTorch writes them", "reparam import")]
    [InlineData("model.safetensors", "PK\u0003\u0004", "an archive, as PyTorch writes them", "reparam import")]
    [InlineData("model.th", "x", "a PyTorch file", "reparam import")]
    [InlineData("model.onnx", "\b\u0007", "an ONNX file", "reparam import")]
    [InlineData("model.gguf", "GGUF", "a GGUF file", "Save its tensors")]
    [InlineData("model.npz", "", "a NumPy archive", "Save its tensors")]
    public void A_checkpoint_of_another_format_says_what_to_do(string file, string start, string format, string remedy)
    {
        folder.Write(file, start);
        var error = Assert.Single(Run("", Item(file, "m")).Engine.Errors);
        Assert.Equal("RPB0018", error.Code);
        Assert.Contains($"'{folder.PathOf(file)}' is {format}", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using (var make = System.Diagnostics.Process.Start("mkfifo", [folder.PathOf("pipe.safetensors")]))
        {
            make.WaitForExit();
        }

        var error = Assert.Single(Run("", Item("pipe.safetensors", "m")).Engine.Errors);
        Assert.Equal("RPB0005", error.Code);
        Assert.Contains("is no file", error.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => Reparam.Build.Stamps.FileGroup.HashOf([folder.PathOf("pipe.safetensors")]));
    }

    [Fact]
    public void A_safetensors_file_may_have_any_ending()
    {
        folder.Write("model.bin", "\u0002\0\0\0\0\0\0\0{}");
        Assert.Empty(Run("", Item("model.bin", "m")).Engine.Errors);
    }

    [Fact]
    public void Coding_calibration_and_budget_go_into_the_plan()
    {
        folder.Write("c.safetensors", "");
        var item = Item("model.safetensors", "model");
        item.SetMetadata("Layout", "Block8");
        item.SetMetadata("Quality", "BEST");
        item.SetMetadata("Calibration", folder.PathOf("c.safetensors"));
        item.SetMetadata("TargetSize", "1.5 MiB");
        item.SetMetadata("AllocationCost", "Criterion");
        var (plans, engine) = Run("", item);
        Assert.Empty(engine.Errors);
        Assert.Equal([folder.PathOf("model.safetensors"), folder.PathOf("c.safetensors")], plans[0].GetMetadata("Sources").Split(';'));
        using var plan = JsonDocument.Parse(File.ReadAllText(plans[0].ItemSpec));
        var root = plan.RootElement;
        Assert.Equal(
            [folder.PathOf("c.safetensors"), "criterion"],
            ((string[])["calibration", "allocationCost"]).Select(name => root.GetProperty(name).GetString()));
        Assert.Equal("""{"layout": "Block8", "quality": "BEST"}""", root.GetProperty("options").GetRawText());
        Assert.Equal(1572864, root.GetProperty("targetSize").GetInt64());
        Assert.Equal(folder.PathOf("obj/model.allocation.json"), root.GetProperty("allocation").GetString());
        Assert.All((string[])["targetBits", "maxOutputError", "allocationPlan"], name => Assert.Equal(JsonValueKind.Null, root.GetProperty(name).ValueKind));
    }

    [Fact]
    public void An_extension_is_an_input_and_one_that_is_not_there_is_named()
    {
        folder.Write("methods.dll", "");
        WriteReparamPlan Task(string file) => new()
        {
            BuildEngine = new FakeEngine(),
            Checkpoints = [Item("model.safetensors", "model")],
            Extensions = [new TaskItem(folder.PathOf(file))],
            Assemblies = [new TaskItem(assembly)],
            ProjectFile = "app.csproj",
        };
        var task = Task("methods.dll");
        Assert.True(task.Execute());
        using var plan = JsonDocument.Parse(File.ReadAllText(task.Plans[0].ItemSpec));
        Assert.Equal(folder.PathOf("methods.dll"), Assert.Single(plan.RootElement.GetProperty("extensions").EnumerateArray()).GetString());
        Assert.Contains(folder.PathOf("methods.dll"), task.Plans[0].GetMetadata("Sources").Split(';'));

        var lacking = Task("absent.dll");
        Assert.False(lacking.Execute());
        var error = Assert.Single(((FakeEngine)lacking.BuildEngine).Errors);
        Assert.Equal(("RPB0014", true), (error.Code, error.Message!.Contains($"ReparamExtension '{folder.PathOf("absent.dll")}' does not exist", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Calibration")]
    [InlineData("AllocationPlan")]
    public void A_file_that_is_not_there_is_named(string name)
    {
        var item = Item("model.safetensors", "model");
        item.SetMetadata(name, folder.PathOf("absent"));
        var error = Assert.Single(Run("", item).Engine.Errors);
        Assert.Equal("RPB0014", error.Code);
        Assert.Contains($"{name} '{folder.PathOf("absent")}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TargetBits", "TargetSize")]
    [InlineData("TargetSize", "MaxOutputError")]
    [InlineData("MaxOutputError", "AllocationPlan")]
    public void Two_budgets_are_an_error(string first, string second)
    {
        var item = Item("model.safetensors", "model");
        item.SetMetadata(first, "3");
        item.SetMetadata(second, second == "AllocationPlan" ? folder.PathOf("model.safetensors") : "3");
        var error = Assert.Single(Run("", item).Engine.Errors);
        Assert.Equal("RPB0015", error.Code);
        Assert.Contains($"{first} and {second}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    public void Threads_must_be_a_number(string threads) => Assert.Equal("RPB0010", Assert.Single(Run(threads, Item("model.safetensors", "model")).Engine.Errors).Code);

    [Fact]
    public void Two_checkpoints_with_one_output_are_an_error_that_names_both()
    {
        folder.Write("other.safetensors", "");
        var (plans, engine) = Run("", Item("model.safetensors", "model"), Item("other.safetensors", "MODEL"));

        Assert.Single(plans);
        var error = Assert.Single(engine.Errors);
        Assert.Equal("RPB0006", error.Code);
        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("other.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_item_has_its_own_errors()
    {
        var unknown = Item("model.safetensors", "a");
        unknown.SetMetadata("Model", "Ns.Other");
        var (plans, engine) = Run("", unknown, Item("absent.safetensors", "b"), Item("model.safetensors", "c"));
        Assert.Single(plans);
        Assert.Equal(["RPB0003", "RPB0005"], engine.Errors.Select(error => error.Code));
    }

    [Fact]
    public void A_plan_that_cannot_be_written_is_a_coded_error()
    {
        var item = Item("model.safetensors", "model");
        item.SetMetadata("Plan", folder.PathOf("model.safetensors/plan.json")); // below a file
        Assert.Equal("RPB0013", Assert.Single(Run("", item).Engine.Errors).Code);
    }

    public void Dispose() => folder.Dispose();

    private TaskItem Item(string checkpoint, string output)
    {
        var item = new TaskItem(Escape(folder.PathOf(checkpoint)));
        item.SetMetadata("DeclaredIn", "app.csproj");
        item.SetMetadata("OutputName", output);
        item.SetMetadata("PackedFile", folder.PathOf($"obj/{output}.reparam.safetensors"));
        item.SetMetadata("Plan", folder.PathOf($"obj/{output}.plan.json"));
        item.SetMetadata("Report", folder.PathOf($"obj/{output}.report.json"));
        item.SetMetadata("Allocation", folder.PathOf($"obj/{output}.allocation.json"));
        item.SetMetadata("Stamp", folder.PathOf($"obj/{output}.stamp"));
        return item;
    }

    private (ITaskItem[] Plans, FakeEngine Engine) Run(string threads, params ITaskItem[] checkpoints)
    {
        var engine = new FakeEngine();
        var task = new WriteReparamPlan
        {
            BuildEngine = engine,
            Checkpoints = checkpoints,
            Assemblies = [new TaskItem(assembly), new TaskItem(assembly)],
            Threads = threads,
            ProjectFile = "app.csproj",
        };
        Assert.Equal(task.Execute(), engine.Errors.Count == 0);
        return (task.Plans, engine);
    }

    private static string Escape(string path) => path.Replace("%", "%25", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal);
}
