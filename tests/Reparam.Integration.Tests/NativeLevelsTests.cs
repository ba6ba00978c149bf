using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Versioning;
using System.Text;

namespace Reparam.Integration.Tests;

/// <summary>A program that NativeAOT compiled from the packed SDK, with all that can be wrong around it.</summary>
[SupportedOSPlatform("linux")]
public class NativeLevelsTests(PublishedProgram published) : IClassFixture<PublishedProgram>
{
    private static readonly bool HasV3 = Avx2.IsSupported && Fma.IsSupported && Bmi2.IsSupported;

    private static readonly bool HasV4 = HasV3 && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && Avx512CD.VL.IsSupported;

    private static string Best => HasV4 ? "x86-64-v4" : HasV3 ? "x86-64-v3" : "x86-64";

    private static string BestPath => HasV4 && Avx512Vbmi.IsSupported ? "Avx512" : HasV3 ? "Avx2" : "Vector128";

    [LinuxX64Fact]
    public void The_best_program_runs_with_the_best_kernels()
    {
        var run = published.Run();
        Assert.Equal(Best, run.Level);
        Assert.Equal(BestPath, run.Path);
        Assert.Equal(run.StartedAs, run.ProcessId);
        Assert.InRange(run.ProductError, 0, 1e-4);

        // The project's ReparamThreads.
        Assert.Equal(["3"], run.Lines("threads"));
    }

    [LinuxX64Theory]
    [InlineData("x86-64", null, "x86-64", "Vector128")]
    [InlineData("x86-64-v3", null, "x86-64-v3", "Avx2")]
    [InlineData(null, "avx2", "x86-64-v3", "Avx2")]
    [InlineData(null, "vector128", "x86-64", "Vector128")]
    [InlineData(null, "scalar", "x86-64", "Scalar")]
    [InlineData("x86-64-v4", "avx512", "x86-64-v4", "Avx512")]
    public void A_masked_level_gives_the_same_product(string? level, string? isa, string program, string path)
    {
        if ((path == "Avx2" && !HasV3) || (path == "Avx512" && BestPath != "Avx512"))
        {
            return;
        }

        var run = published.Run(environment: [("REPARAM_LEVEL", level), ("REPARAM_ISA", isa)]);
        Assert.Equal(program, run.Level);
        Assert.Equal(path, run.Path);
        Assert.InRange(run.ProductError, 0, 1e-4);
    }

    [LinuxX64Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("script")]
    [InlineData("half")]
    [InlineData("not executable")]
    [InlineData("folder")]
    [InlineData("the baseline itself")]
    [InlineData("link to the baseline")]
    [InlineData("another build")]
    public void A_bad_file_is_passed_over(string defect)
    {
        if (!HasV3)
        {
            return;
        }

        using var copy = published.Copy();
        foreach (var level in (string[])["x86-64-v3", "x86-64-v4"])
        {
            var file = $"{copy.Program}.{level}";
            var content = File.ReadAllBytes(file);
            File.Delete(file);
            switch (defect)
            {
                case "empty":
                    Write(file, []);
                    break;
                case "text":
                    Write(file, "This is not a program.\n"u8);
                    break;
                case "script":
                    Write(file, "#!/bin/sh\necho a script\n"u8);
                    break;
                case "half":
                    Write(file, content.AsSpan(0, content.Length / 2));
                    break;
                case "not executable":
                    File.WriteAllBytes(file, content);
                    break;
                case "folder":
                    Directory.CreateDirectory(file);
                    break;
                case "the baseline itself":
                    File.Copy(copy.Program, file);
                    break;
                case "link to the baseline":
                    File.CreateSymbolicLink(file, copy.Program);
                    break;
                case "another build":
                    var mark = Encoding.ASCII.GetBytes($"{level}/");
                    content[content.AsSpan().IndexOf(mark) + mark.Length] = (byte)'-';
                    Write(file, content);
                    break;
            }
        }

        var run = copy.Run(environment: [("REPARAM_LEVEL_TRACE", "1")]);
        Assert.Equal("x86-64", run.Level);
        Assert.Equal(run.StartedAs, run.ProcessId);
        Assert.Contains($"{copy.Program}.x86-64-v3 ", run.Error, StringComparison.Ordinal);
        Assert.InRange(run.ProductError, 0, 1e-4);

        static void Write(string file, ReadOnlySpan<byte> content)
        {
            File.WriteAllBytes(file, content);
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        }
    }

    [LinuxX64Fact]
    public void Without_the_highest_the_next_one_runs()
    {
        if (!HasV4)
        {
            return;
        }

        using var copy = published.Copy();
        File.Delete(copy.Program + ".x86-64-v4");
        Assert.Equal("x86-64-v3", copy.Run().Level);
    }

    [LinuxX64Fact]
    public void Arguments_input_environment_and_status_pass_through()
    {
        var run = published.Run(["status", "7", "two words", "", "quo\"te", "ünï", "*"], environment: [("REPARAM_TEST", "a b=c")], input: "a line\nand another");
        Assert.Equal(7, run.Status);
        Assert.Equal(["status", "7", "two words", "", "quo\"te", "ünï", "*"], run.Lines("argument"));
        Assert.Equal(["a b=c"], run.Lines("environment"));
        Assert.Equal(["a line|and another"], run.Lines("input"));
        Assert.Equal([published.Program], run.Lines("name"));

        // A program that this one starts finds the signals as it would without levels.
        Assert.Equal(published.Run(environment: [("REPARAM_LEVEL", "x86-64")]).Lines("ignored"), run.Lines("ignored"));
    }

    [LinuxX64Fact]
    public void Arguments_that_are_not_text_pass_through()
    {
        var run = PublishedProgram.Start("sh", ["-c", "printf 'argument bytes: ' && \"$0\" bytes \"$(printf 'a\\377b')\" | od -An -tx1 | tr -d ' \\n'", published.Program], [], "");
        Assert.Contains("argument bytes: " + "61ff62", run.Output, StringComparison.Ordinal);
    }

    [LinuxX64Fact]
    public void The_program_is_found_through_links_and_the_path()
    {
        using var links = published.Copy("with spaces, ünï");
        var link = Path.Combine(Path.GetDirectoryName(links.Program)!, "linked");
        File.CreateSymbolicLink(link, links.Program);
        Assert.Equal(Best, PublishedProgram.Start(link, [], [], "").Level);
        Assert.Equal(Best, PublishedProgram.Start("sh", ["-c", "linked"], [("PATH", Path.GetDirectoryName(link) + ":" + Environment.GetEnvironmentVariable("PATH"))], "").Level);
        Assert.Equal(Best, PublishedProgram.Start("sh", ["-c", $"cd '{Path.GetDirectoryName(link)}' && ./linked"], [], "").Level);
    }

    [LinuxX64Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void Signals_reach_the_program(string signal, int status)
    {
        using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", published.Program, "wait"]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        while (process.StandardOutput.ReadLine() is { } line && line != "waiting")
        {
        }

        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        // It waits for the end of its input, which stays open here: the signal alone ends it.
        process.WaitForExit();
        Assert.Equal(status, process.ExitCode);
    }

    [LinuxX64Fact]
    public void A_second_publish_compiles_nothing_and_clean_leaves_nothing()
    {
        const string levels = "App/obj/Release/net10.0/linux-x64/reparam-levels";
        var before = Directory.GetFiles(published.Folder).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.Equal(["App", "App.x86-64-v3", "App.x86-64-v4"], Programs(published.Folder));
        published.Publish("published").Succeeds();
        Assert.All(before, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));

        published.Publish("plain", "-p:ReparamNativeLevels=none").Succeeds();
        Assert.Equal(["App"], Programs(published.Sandbox.PathOf("plain")));
        Assert.Equal(["RPB0016"], published.Publish("wrong", "-p:ReparamNativeLevels=avx512").Fails().ErrorCodes);

        Assert.NotEmpty(published.Sandbox.Files(levels));
        published.Sandbox.Run("clean", "App", "-c", "Release", "-r", "linux-x64").Succeeds();
        Assert.Empty(published.Sandbox.Files(levels));

        static IEnumerable<string> Programs(string folder) => Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Where(name => !name.EndsWith(".dbg", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }
}
