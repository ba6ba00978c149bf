namespace Reparam.Integration.Tests;

/// <summary>Publish, clean, background builds, builds side by side.</summary>
public class LifecycleTests
{
    private const string Items = """<ItemGroup><ReparamCheckpoint Include="model.safetensors" /></ItemGroup>""";

    [Fact]
    public void Publish_takes_the_packed_file_along_and_clean_leaves_only_what_the_build_did_not_make()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", Items, Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "ok");

        sandbox.Run("publish", "App", "-o", "published").Succeeds();
        Assert.Equal("Ns.Model ok", sandbox.Read("published/model.reparam.safetensors"));
        Assert.True(sandbox.Exists("App/obj/Release/net10.0/reparam/model/model.report.json"));

        // What a killed run would have left, beside files that are none of the build's.
        const string folder = "App/obj/Release/net10.0/reparam";
        sandbox.Write($"{folder}/model/.model.reparam.safetensors.0123456789abcdef.reparam-unfinished", "half");
        sandbox.Write($"{folder}/model/cache/{new string('0', 32)}-{new string('f', 32)}.coded", "coded");
        sandbox.Write($"{folder}/model/cache/.{new string('0', 32)}-{new string('f', 32)}.coded.0123456789abcdef.reparam-unfinished", "half");
        sandbox.Write($"{folder}/model/cache/notes.coded", "mine");
        sandbox.Write($"{folder}/model/.model.notes.tmp", "mine");
        sandbox.Write($"{folder}/notes.txt", "mine");
        sandbox.Run("clean", "App", "-c", "Release").Succeeds();
        Assert.Equal(["model/.model.notes.tmp", "model/cache/notes.coded", "notes.txt"], sandbox.Files(folder));
        File.Delete(sandbox.PathOf($"{folder}/model/cache/notes.coded"));
        File.Delete(sandbox.PathOf($"{folder}/model/.model.notes.tmp"));
        sandbox.Run("clean", "App", "-c", "Release").Succeeds();
        Assert.False(Directory.Exists(sandbox.PathOf($"{folder}/model")));
        File.Delete(sandbox.PathOf($"{folder}/notes.txt"));
        sandbox.Run("clean", "App", "-c", "Release").Succeeds();
        Assert.False(Directory.Exists(sandbox.PathOf(folder)));
        Assert.False(sandbox.Exists("App/bin/Release/net10.0/model.reparam.safetensors"));
        Assert.True(sandbox.Exists("App/model.safetensors"));
    }

    [Fact]
    public void Threads_of_the_program_are_an_option_of_its_run_time()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", "");
        Assert.Equal(["RPB0010"], sandbox.Run("build", "App", "-p:ReparamThreads=two").Fails().ErrorCodes);
        sandbox.Run("build", "App", "-p:ReparamThreads=2").Succeeds();
        Assert.Contains("\"Reparam.Threads\": 2", sandbox.Read("App/bin/Debug/net10.0/App.runtimeconfig.json"), StringComparison.Ordinal);

        sandbox.Run("build", "App", "-p:ReparamThreads=0").Succeeds();
        Assert.DoesNotContain("Reparam.Threads", sandbox.Read("App/bin/Debug/net10.0/App.runtimeconfig.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Background_builds_declare_the_output_and_start_nothing()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", Items, Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "ok");
        sandbox.Run("restore", "App").Succeeds();

        var designTime = sandbox.Run("build", "App", "--no-restore", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-t:AssignTargetPaths;Compile").Succeeds();
        Assert.Equal(0, designTime.WorkerRuns);
        Assert.Contains(designTime.AddedItems("None"), item => item.EndsWith("model.reparam.safetensors", StringComparison.Ordinal));
        Assert.Empty(sandbox.Files("App/obj/Debug/net10.0/reparam"));

        // An editor that calls the compiler's target alone, without saying that it is a background build.
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore", "-t:Compile").Succeeds().WorkerRuns);
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore", "-p:EnableReparam=false").Succeeds().WorkerRuns);
        Assert.Empty(sandbox.Files("App/obj/Debug/net10.0/reparam"));
    }

    [Fact]
    public void Target_frameworks_and_projects_build_side_by_side()
    {
        using var sandbox = new Sandbox();
        foreach (var name in new[] { "One", "Two" })
        {
            sandbox.WriteApp(name, """<ItemGroup><ReparamCheckpoint Include="../model.safetensors" /></ItemGroup>""", Manifest.Root("Ns.Model"));
        }

        // The annotations are not netstandard's: this one declares the attribute itself, in the assembly that has it.
        sandbox.WriteApp("Both", """<ItemGroup><ReparamCheckpoint Include="../model.safetensors" /></ItemGroup>""", Manifest.Root("Ns.Model"));
        sandbox.Write("Both/Both.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>
                <LangVersion>latest</LangVersion>
              </PropertyGroup>
              <ItemGroup><ReparamCheckpoint Include="../model.safetensors" /></ItemGroup>
            </Project>
            """);
        sandbox.Write("Both/Program.cs", """
            namespace Reparam
            {
                [System.AttributeUsage(System.AttributeTargets.Assembly, AllowMultiple = true)]
                internal sealed class ReparamManifestAttribute : System.Attribute
                {
                    public ReparamManifestAttribute(string module, string json) { }
                }
            }
            """);
        sandbox.Write("model.safetensors", "ok");
        sandbox.Write("All/All.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><ProjectReference Include="../One/One.csproj;../Two/Two.csproj;../Both/Both.csproj" ReferenceOutputAssembly="false" Private="false" /></ItemGroup>
            </Project>
            """);

        var build = sandbox.Run("build", "All/All.csproj", "-m:3").Succeeds();

        // Both is built for the framework that All references, so three workers; then on its own for the other.
        Assert.Equal(3, build.WorkerRuns);
        Assert.Equal(1, sandbox.Run("build", "Both", "--no-restore", "-m:2").Succeeds().WorkerRuns);
        foreach (var folder in new[] { "One/bin/Debug/net10.0", "Two/bin/Debug/net10.0", "Both/bin/Debug/net10.0", "Both/bin/Debug/netstandard2.0" })
        {
            Assert.Equal("Ns.Model ok", sandbox.Read($"{folder}/model.reparam.safetensors"));
        }
    }

    [Fact]
    public void Manifests_come_from_referenced_projects()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("Parts", "", Manifest.Child("Ns.Block", bits: 2));
        sandbox.WriteApp("Library", """<ItemGroup><ProjectReference Include="../Parts/Parts.csproj" /></ItemGroup>""", Manifest.Root("Ns.Model", 3, ("blocks.*", "Ns.Block")));
        foreach (var library in new[] { "Parts", "Library" })
        {
            sandbox.Write($"{library}/{library}.csproj", sandbox.Read($"{library}/{library}.csproj").Replace("<OutputType>Exe</OutputType>", "", StringComparison.Ordinal));
            sandbox.Write($"{library}/Program.cs", $"namespace Ns; public class {library};");
        }

        sandbox.WriteApp("App", Items + """<ItemGroup><ProjectReference Include="../Library/Library.csproj" /></ItemGroup>""");
        sandbox.Write("App/model.safetensors", "ok");

        Assert.Equal(1, sandbox.Run("build", "App").Succeeds().WorkerRuns);
        var plan = sandbox.Read("App/obj/Debug/net10.0/reparam/model/model.plan.json");
        Assert.Contains("\"Ns.Block\": {", plan, StringComparison.Ordinal);
        Assert.Contains("\"Ns.Model\": {", plan, StringComparison.Ordinal);

        // An annotation two projects away.
        sandbox.WriteManifests("Parts/Manifests.cs", Manifest.Child("Ns.Block", bits: 4));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        // Without the part the model is not whole.
        sandbox.WriteManifests("Parts/Manifests.cs");
        var error = Assert.Single(sandbox.Run("build", "App", "--no-restore").Fails().Errors);
        Assert.Equal("RPB0007", error.Code);
        Assert.EndsWith("App.csproj", error.File, StringComparison.Ordinal);
    }
}
