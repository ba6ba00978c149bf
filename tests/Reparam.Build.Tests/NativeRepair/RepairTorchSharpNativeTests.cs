using Microsoft.Build.Utilities;
using Reparam.Build.NativeRepair;

namespace Reparam.Build.Tests.NativeRepair;

public class RepairTorchSharpNativeTests
{
    [Fact]
    public void The_copy_is_repaired_and_the_packed_library_is_not_touched()
    {
        using var folder = new TemporaryFolder();
        var image = new SyntheticElf().Image;
        File.WriteAllBytes(folder.PathOf("packed.so"), image);

        var (succeeded, engine) = Run(folder, "packed.so", "deep/er/copy.so");

        Assert.True(succeeded);
        Assert.Equal(image, File.ReadAllBytes(folder.PathOf("packed.so")));
        var copy = File.ReadAllBytes(folder.PathOf("deep/er/copy.so"));
        Assert.NotEqual(image, copy);
        Assert.Equal(image.Length, copy.Length);
        Assert.Contains(engine.Messages, message => message.Message!.StartsWith("Repaired a copy", StringComparison.Ordinal));
    }

    [Fact]
    public void A_library_that_needs_nothing_is_copied_as_it_is()
    {
        using var folder = new TemporaryFolder();
        folder.Write("packed.so", "not an ELF file");

        Assert.True(Run(folder, "packed.so", "copy.so").Succeeded);
        Assert.Equal("not an ELF file", File.ReadAllText(folder.PathOf("copy.so")));
    }

    [Fact]
    public void A_truncated_library_is_a_coded_error_and_leaves_no_copy()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathOf("packed.so"), new SyntheticElf().Image[..100]);

        var (succeeded, engine) = Run(folder, "packed.so", "copy.so");

        Assert.False(succeeded);
        var error = Assert.Single(engine.Errors);
        Assert.Equal("RPB0009", error.Code);
        Assert.Equal(folder.PathOf("packed.so"), error.File);
        Assert.Contains("truncated or damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(["packed.so"], Directory.GetFiles(folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void A_missing_library_is_a_coded_error()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("RPB0009", Assert.Single(Run(folder, "absent.so", "copy.so").Engine.Errors).Code);
    }

    private static (bool Succeeded, FakeEngine Engine) Run(TemporaryFolder folder, string library, string copy)
    {
        var engine = new FakeEngine();
        var task = new RepairTorchSharpNative
        {
            BuildEngine = engine,
            Libraries = [new TaskItem(folder.PathOf(library))],
            Copies = [new TaskItem(folder.PathOf(copy))],
        };
        return (task.Execute(), engine);
    }
}
