using System.Diagnostics;
using System.Text.Json;
using Reparam.Cli.Commands;
using Reparam.Runtime.Packed;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam doctor</c>. What it says of the environment is tested in processes of its own: the kernels read their variables once.</summary>
public class DoctorCommandTests
{
    [Fact]
    public void The_object_says_what_this_process_has()
    {
        var (status, output, error) = Run(["--json"]);

        Assert.Equal((0, ""), (status, error));
        using var json = JsonDocument.Parse(output);
        var kernels = json.RootElement.GetProperty("kernels");
        Assert.Equal(json.RootElement.GetProperty("paths")[0].GetString(), kernels.GetProperty("path").GetProperty("value").GetString());
        Assert.Equal("the best that this process can run", kernels.GetProperty("path").GetProperty("reason").GetString());
        Assert.Equal("default", kernels.GetProperty("precision").GetProperty("value").GetString());
        Assert.Equal(Environment.ProcessorCount, json.RootElement.GetProperty("machine").GetProperty("limits").GetProperty("processors").GetInt32());
        Assert.Equal("just in time", json.RootElement.GetProperty("machine").GetProperty("compilation").GetString());
        Assert.Equal(PackedKernels.IsSupported(KernelPath.Avx2), IsAvailable("AVX2") && IsAvailable("FMA"));

        bool IsAvailable(string name) => json.RootElement.GetProperty("machine").GetProperty("instructionSets").EnumerateArray()
            .Single(set => set.GetProperty("name").GetString() == name).GetProperty("available").GetBoolean();
    }

    [Fact]
    public void A_choice_of_the_environment_is_named_as_the_reason()
    {
        var (status, output, error) = Run([], (PackedKernels.IsaVariable, "vector128"), (PackedKernels.PrecisionVariable, "fast"), (PackedKernels.ThreadsVariable, "1"));

        Assert.Equal((0, ""), (status, error));
        Assert.Contains("vector128 (REPARAM_ISA is 'vector128')", output);
        Assert.Contains("fast (REPARAM_PRECISION is 'fast')", output);
        Assert.Contains("1 (REPARAM_THREADS is '1')", output);
    }

    [Fact]
    public void Each_wrong_variable_is_an_error_and_the_rest_is_printed_all_the_same()
    {
        var (status, output, error) = Run([], (PackedKernels.IsaVariable, "sse9"), (PackedKernels.PrecisionVariable, "high"), (PackedKernels.ThreadsVariable, "many"));

        Assert.Equal(1, status);
        Assert.Equal(
            [
                "doctor: error RPB0140: REPARAM_ISA is 'sse9'; expected avx512, avx2, vector128 or scalar",
                "doctor: error RPB0140: REPARAM_PRECISION is 'high'; expected default, exact or fast",
                "doctor: error RPB0140: REPARAM_THREADS is 'many'; expected a whole number of at least 1",
            ],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("processor", output);
    }

    [Fact]
    public void A_path_that_is_switched_off_cannot_be_asked_for()
    {
        var (status, output, error) = Run([], (PackedKernels.IsaVariable, "avx2"), ("DOTNET_EnableAVX2", "0"));

        Assert.Equal(1, status);
        Assert.StartsWith("doctor: error RPB0140: REPARAM_ISA is 'avx2'; ", error);
        Assert.Contains("can run         vector128, scalar", output);
    }

    [Fact]
    public void A_folder_without_libtorch_is_an_error()
    {
        var run = CommandRun.Of(DoctorCommand.Create(), "--libtorch", "no-such-folder");

        Assert.Equal((1, "doctor: error RPB0140: libtorch: there is no TorchSharp.dll in no-such-folder"), (run.Status, run.Error.Trim()));
    }

    private static (int Status, string Output, string Error) Run(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", typeof(DoctorCommand).Assembly.Location, "doctor", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in (string[])[PackedKernels.IsaVariable, PackedKernels.PrecisionVariable, PackedKernels.ThreadsVariable])
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
