using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Loading;
using Reparam.Runtime.Threading;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>The check of a whole file on every path, and whom it accuses.</summary>
public class SelfCheckTests
{
    [Fact]
    public void Every_layout_passes_on_every_path_in_every_precision()
    {
        using var file = new TemporaryFile();
        var writer = Writer();
        writer.Write(file.Path, review: packed => SelfCheck.Run(packed, default));
        Assert.True(File.Exists(file.Path));
    }

    [Fact]
    public void Codes_that_were_changed_are_the_files_fault_in_any_layer()
    {
        foreach (var name in (string[])["c", "r"])
        {
            using var file = new TemporaryFile();
            Writer().Write(file.Path);
            ResealedFile.Change(file.Path, tensor => tensor, contents =>
            {
                foreach (ref var code in contents[name + ".codes"].AsSpan())
                {
                    code = (byte)~code;
                }
            });
            using var damaged = PackedFile.Open(file.Path);
            var exception = Assert.Throws<CheckpointException>(() => SelfCheck.Run(damaged, default));
            Assert.Equal((CheckpointRule.Canary, name), (exception.Rule, exception.Tensor));
            Assert.Contains("the file was changed", exception.Message);
        }
    }

    [Fact]
    public void A_kernel_that_computes_wrongly_is_not_the_files_fault()
    {
        using var file = new TemporaryFile();
        Writer().Write(file.Path);
        using var packed = PackedFile.Open(file.Path);
        var (matrix, canary) = (packed.ReadMatrix("r"), packed.Canaries.Single(canary => canary.Tensor == "r"));
        var another = PackedMatrix.Create(Random("row", seed: 7), PackedKernels.Current, KernelPrecision.Default);
        var exception = Assert.Throws<CheckpointException>(() => CanaryCheck.Run(packed, canary, matrix, [another], KernelPrecision.Default, new WorkerPool(1)));
        Assert.Contains("the file holds what was written: the kernels of", exception.Message);
        Assert.DoesNotContain("changed", exception.Message);
        exception = Assert.Throws<CheckpointException>(() => CanaryCheck.Run(packed, canary, Torch.Ones(32, 64)));
        Assert.Contains("the file holds what was written", exception.Message);
    }

    [Fact]
    public void Rows_behind_those_of_the_canary_are_checked_too()
    {
        using var file = new TemporaryFile();
        Writer().Write(file.Path);
        using var packed = PackedFile.Open(file.Path);
        var (matrix, canary) = ((BinaryCodedMatrix)packed.ReadMatrix("r"), packed.Canaries.Single(canary => canary.Tensor == "r"));
        var codes = matrix.Codes.ToArray();
        foreach (ref var word in codes.AsSpan(16 * matrix.WordsPerRow, 16 * matrix.WordsPerRow))
        {
            word = ~word;
        }

        var wrong = new BinaryCodedMatrix(32, 64, 2, 0, 0, codes, matrix.Scales);
        var parts = new[] { PackedMatrix.Create(wrong, PackedKernels.Current, KernelPrecision.Default) };
        var exception = Assert.Throws<CheckpointException>(() => CanaryCheck.Run(packed, canary, matrix, parts, KernelPrecision.Default, new WorkerPool(1)));
        Assert.Contains("compute wrongly on this machine", exception.Message);
        Assert.Contains(" in row ", exception.Message);
    }

    private static PackedFileWriter Writer()
    {
        var writer = new PackedFileWriter();
        foreach (var (name, layout) in ((string, string)[])
            [("r", "row"), ("c", "column"), ("b", "block8"), ("n", "nested"), ("k", "codebook")])
        {
            writer.AddLayer(name, "shiftadd", [32, 64], StoredType.F32, Random(layout, seed: 1));
        }

        return writer;
    }

    // Multiples of 32 columns: every bit of the codes is a sign.
    private static CodedMatrix Random(string layout, int seed) => layout == "row"
        ? new BinaryCodedMatrix(32, 64, 2, 0, 0, CodedMatrices.Codes(32, 64, 2, new Random(seed)), Enumerable.Range(0, 64).Select(i => (Half)(1.0 / (1 + (i % 2)))).ToArray())
        : CodedMatrices.Random(layout, 32, 64, 2, seed: seed);
}
