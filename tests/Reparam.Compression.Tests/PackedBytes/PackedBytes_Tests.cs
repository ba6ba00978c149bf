using System.Security.Cryptography;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using AskedLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.PackedBytes;

/// <summary>
/// The bytes of packed files for the same weights and options never change: hashes.txt has those of the first version of each format. A line is
/// "case = hash of the coded tensors, hash of the whole file".
/// </summary>
public class PackedBytes_Tests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Reparam.Compression.Tests", "PackedBytes", "hashes.txt"));

    [Theory]
    [InlineData("row")]
    [InlineData("column")]
    [InlineData("block8")]
    [InlineData("nested")]
    [InlineData("codebook")]
    [InlineData("auto")]
    public void A_matrix_is_packed_in_the_same_bytes(string layout)
    {
        var asked = Enum.Parse<AskedLayout>(layout, ignoreCase: true);

        var found = Cases(asked).AsParallel().AsOrdered().Select(options => Line(layout, options)).ToArray();

        Assert.Equal(Lines.Where(line => line.StartsWith(layout + " ", StringComparison.Ordinal)), found);
    }

    [Theory]
    [InlineData("nested")]
    [InlineData("codebook")]
    public void Weights_that_share_a_table_are_packed_in_the_same_bytes(string layout)
    {
        var folder = Directory.CreateTempSubdirectory("reparam-packed-bytes");
        try
        {
            var (source, output) = (Path.Combine(folder.FullName, "model.safetensors"), Path.Combine(folder.FullName, "packed.safetensors"));
            var dense = new SafetensorsWriter();
            dense.Add<float>("norm", [48], SeededLayer.Of(1, 48, 5).Weights);
            dense.Add<float>("a.weight", [16, 48], SeededLayer.Of(16, 48, 1).Weights);
            dense.Add<float>("b.weight", [21, 48], SeededLayer.Of(21, 48, 2).Weights);
            dense.Add<float>("c.weight", [16, 3, 5], SeededLayer.Of(16, 15, 3).Weights);
            dense.Add<float>("d.weight", [9, 64], SeededLayer.Of(9, 64, 4).Weights);
            dense.Write(source);
            using var checkpoint = Checkpoint.Open(source);
            LayerPlan Plan(string tensor, int bits) => new(tensor, new ShiftAddAttribute(bits) { Layout = Enum.Parse<AskedLayout>(layout, ignoreCase: true) });

            CheckpointCompressor.Compress(checkpoint, [Plan("a.weight", 2), Plan("b.weight", 2), Plan("c.weight", 3), Plan("d.weight", 3)], output, new CompressionSettings());

            Assert.Equal(Assert.Single(Lines, line => line.StartsWith($"shared {layout} ", StringComparison.Ordinal)), $"shared {layout} = {PackedContent.Hash(output)}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_matrix_on_uniform_grids_is_packed_in_the_same_bytes()
    {
        var found = UniformCases().AsParallel().AsOrdered().Select(@case => UniformLine(@case.Options, @case.Rows, @case.Columns, @case.Calibrated)).ToArray();

        Assert.Equal(Lines.Where(line => line.StartsWith("uniform ", StringComparison.Ordinal)), found);
    }

    /// <summary>Every width, kind of grid and rounding; groups and bytes that are not full; inputs with one grid and with one a channel.</summary>
    private static IEnumerable<(UniformAttribute Options, int Rows, int Columns, bool Calibrated)> UniformCases()
    {
        foreach (var calibrated in new[] { false, true })
        {
            for (var bits = 2; bits <= 8; bits++)
            {
                yield return (new UniformAttribute(bits) { GroupSize = 16, Symmetric = bits % 2 == 0, ClipSearch = bits > 5 }, 13, 45, calibrated);
            }

            yield return (new UniformAttribute(4) { ActOrder = true, Damping = 0.1 }, 20, 150, calibrated);
            yield return (new UniformAttribute(8) { GroupSize = 0, Activations = 8 }, 24, 80, calibrated);
            yield return (new UniformAttribute(3) { GroupSize = 8, Activations = 8, ActivationsPerChannel = true }, 7, 18, calibrated);
        }
    }

    private static string UniformLine(UniformAttribute options, int rows, int columns, bool calibrated)
    {
        var layer = SeededLayer.Of(rows, columns, rows * columns + options.Bits);
        var channels = options.ActivationsPerChannel ? columns : 1;
        var job = new LayerJob("layer.weight", layer.Weights, rows, columns, options, calibrated ? new LayerCalibration(layer.Gram) : null, Threads: 1)
        {
            State = new Dictionary<string, ReadOnlyMemory<float>>
            {
                [UniformInputState.ScaleName] = Enumerable.Range(1, channels).Select(i => i / 64f).ToArray(),
                [UniformInputState.ZeroName] = Enumerable.Range(1, channels).Select(i => (float)i).ToArray(),
            },
        };
        var sessions = new CodingSessions([new SessionLayer(job.Tensor, rows, columns, job.Options, () => job.Weights)]);
        var text =
            $"uniform {rows}x{columns}{(calibrated ? " calibrated" : "")} {options.Bits} bits, groups of {options.GroupSize}" +
            (options.Symmetric ? ", symmetric" : "") + (options.ClipSearch ? ", clip search" : "") + (options.ActOrder ? ", act-order" : "") +
            (options.Activations == 0 ? "" : $", inputs {options.Activations}") + (options.ActivationsPerChannel ? " per channel" : "");
        return $"{text} = {Hashes("uniform", rows, columns, sessions.Encode(job).Matrix)}";
    }

    /// <summary>Every width, kind of scale and quality, with and without calibration; shapes whose last words, groups and blocks are not full.</summary>
    private static IEnumerable<Case> Cases(AskedLayout layout)
    {
        foreach (var calibrated in new[] { false, true })
        {
            for (var bits = 1; bits <= 4; bits++)
            {
                yield return new Case(24, 80, calibrated, new ShiftAddAttribute(bits) { Layout = layout, GroupSize = 32 });
                yield return new Case(13, 37, calibrated, new ShiftAddAttribute(bits) { Layout = layout, GroupSize = 0, Quality = CodingQuality.Fast });
            }

            yield return new Case(19, 45, calibrated, new ShiftAddAttribute(2) { Layout = layout, GroupSize = 16, Quality = CodingQuality.Best });
            yield return new Case(1, 7, calibrated, new ShiftAddAttribute(3) { Layout = layout });
            for (var terms = 1; terms <= 3 && layout is not (AskedLayout.Nested or AskedLayout.Codebook); terms++)
            {
                yield return new Case(17, 50, calibrated, new ShiftAddAttribute(3) { Layout = layout, GroupSize = 24, ScaleTerms = terms });
            }
        }

        yield return new Case(16, 48, true, new ShiftAddAttribute(2) { Layout = layout, GroupSize = 16, ActOrder = false, Compensate = false, Rounds = 3, Sweeps = 1 });
    }

    private static string Line(string layout, Case @case)
    {
        var (rows, columns, calibrated, options) = @case;
        var layer = SeededLayer.Of(rows, columns, rows * columns + options.Bits);
        var matrix = ShiftAddCoder.Encode(layer.Weights, rows, columns, options, calibrated ? new LayerCalibration(layer.Gram) : null, threads: 1).Matrix;

        var text =
            $"{layout} {rows}x{columns}{(calibrated ? " calibrated" : "")} {options.Bits} bits, groups of {options.GroupSize}, {options.ScaleTerms} terms, {options.Quality}".ToLowerInvariant() +
            (options.ActOrder ? "" : ", plain");
        return $"{text} = {Hashes("shiftadd", rows, columns, matrix)}";
    }

    private static string Hashes(string method, int rows, int columns, CodedMatrix matrix)
    {
        using var writer = new PackedFileWriter { ToolVersion = "0" };
        writer.AddLayer("layer.weight", method, [rows, columns], DType.F32, matrix);
        using var file = new MemoryStream();
        writer.Write(file);
        var bytes = file.ToArray();
        var header = 8 + (int)BitConverter.ToInt64(bytes);
        return $"{Hash(bytes.AsSpan(header))}, {Hash(bytes)}";
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private sealed record Case(int Rows, int Columns, bool Calibrated, ShiftAddAttribute Options);
}
