using System.Text;

namespace Reparam.Integration.Tests;

/// <summary>TorchSharp's native library in real outputs.</summary>
public class NativeRepairTests
{
    private const string Library = "runtimes/linux-x64/native/libLibTorchSharp.so";
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";

    [Fact]
    public void A_portable_project_gets_the_repaired_library_once_in_output_and_publish()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", """<ItemGroup><PackageReference Include="TorchSharp" Version="0.107.0" NoWarn="NU1603" /></ItemGroup>""");

        var build = sandbox.Run("build", "App").Succeeds();
        Assert.Equal(1, build.TaskRuns("RepairTorchSharpNative"));
        AssertRepaired(sandbox.PathOf($"App/bin/Debug/net10.0/{Library}"));

        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().TaskRuns("RepairTorchSharpNative"));

        var publish = sandbox.Run("publish", "App", "-c", "Debug", "--no-build", "-o", "published").Succeeds();
        Assert.Equal(0, publish.TaskRuns("RepairTorchSharpNative"));
        AssertRepaired(sandbox.PathOf($"published/{Library}"));
    }

    // The library is not stripped: the renamed symbol still stands in the table for debuggers, which nothing loads.
    private static void AssertRepaired(string file)
    {
        var packed = Read(Path.Combine(Repository.Packages, "torchsharp/0.107.0", Library));
        var repaired = Read(file);
        Assert.Equal(packed.Length, repaired.Length);
        Assert.Equal(Count(packed, NewSymbol) - 1, Count(repaired, NewSymbol));
        Assert.Equal(Count(packed, OldSymbol) + 1, Count(repaired, OldSymbol));
    }

    private static string Read(string file) => Encoding.Latin1.GetString(File.ReadAllBytes(file));

    private static int Count(string image, string symbol) => image.Split('\0').Count(text => text == symbol);
}
