using System.Runtime.CompilerServices;
using CsCheck;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>A writer that knows its destination keeps coded layers on the disk, not in memory.</summary>
public sealed class PackedSpill : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_coded_matrix_is_let_go_once_it_was_added()
    {
        using var writer = new PackedFileWriter(folder.File("p.safetensors"));
        var (matrices, bytes) = AddLayers(writer);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.All(matrices, matrix => Assert.False(matrix.TryGetTarget(out _)));
        Assert.Equal(bytes, writer.SpilledBytes);
        writer.Write(folder.File("p.safetensors"));
        using var file = PackedFile.Open(folder.File("p.safetensors"));
        Assert.Equal(3, file.Layers.Count);
    }

    [Fact]
    public void The_bytes_are_those_of_a_writer_that_keeps_everything_in_memory()
    {
        CodedMatrices.Any.List[1, 6].Sample(
            matrices =>
            {
                using var memory = new PackedFileWriter();
                using var disk = new PackedFileWriter(folder.File("p.safetensors"));
                for (var i = 0; i < matrices.Count; i++)
                {
                    memory.AddLayer($"w{i}", "shiftadd", [matrices[i].Rows, matrices[i].Columns], DType.F32, matrices[i]);
                }

                // In another order: names, tables and check values go by name.
                for (var i = matrices.Count - 1; i >= 0; i--)
                {
                    disk.AddLayer($"w{i}", "shiftadd", [matrices[i].Rows, matrices[i].Columns], DType.F32, matrices[i]);
                }

                Assert.Equal(Bytes(memory), Bytes(disk));
                Assert.Equal(Bytes(disk), Bytes(disk));
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void Nothing_is_seen_in_the_folder_while_layers_wait_and_nothing_stays()
    {
        using (var writer = new PackedFileWriter(folder.File("p.safetensors")))
        {
            AddLayers(writer);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Empty(folder.Names());
            }
        }

        Assert.Empty(folder.Names());
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_one_error()
    {
        var path = folder.File("none/p.safetensors");
        var exception = Assert.Throws<CheckpointException>(() => new PackedFileWriter(path));
        Assert.Equal((path, CheckpointRule.Writable), (exception.File, exception.Rule));
    }

    private static byte[] Bytes(PackedFileWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    // In a method of its own, so that no local keeps a matrix alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference<CodedMatrix>[] Matrices, long Bytes) AddLayers(PackedFileWriter writer)
    {
        CodedMatrix[] matrices =
        [
            CodedMatrices.Create(9, 20, 2, 8, 1, format: BinaryFormat.Block8),
            CodedMatrices.Create(64, 100, 3, 20, 0),
            CodedMatrices.Nested(3, 50, CodedMatrices.Table(3, 4), 2, 32),
        ];
        for (var i = 0; i < matrices.Length; i++)
        {
            writer.AddLayer($"w{i}", "shiftadd", [matrices[i].Rows, matrices[i].Columns], DType.F32, matrices[i]);
        }

        return ([.. matrices.Select(matrix => new WeakReference<CodedMatrix>(matrix))], matrices.Sum(matrix => matrix.StoredBytes));
    }
}
