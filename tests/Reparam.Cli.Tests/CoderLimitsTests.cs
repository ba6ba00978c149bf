using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;
using Reparam.Compression;
using Reparam.Compression.ShiftAdd;
using Reparam.Runtime.Packed;
using Layout = Reparam.ShiftAddLayout;

namespace Reparam.Cli.Tests;

/// <summary>Finite weights of every kind: the coder ends, and what it wrote loads on every path in every precision.</summary>
public sealed class CoderLimitsTests : IDisposable
{
    private static readonly (string Name, Func<int, int, Random, float> Weight)[] Kinds =
    [
        ("zeros", (_, _, _) => 0),
        ("constant", (_, _, _) => 0.7f),
        ("a row of zeros", (row, _, random) => row == 2 ? 0 : Gauss(random)),
        ("a row near zero", (row, _, random) => Gauss(random) * (row == 1 ? 0.003f : 1)),
        ("rows near zero", (row, _, random) => Gauss(random) * (row % 3 == 1 ? 1e-6f : 1)),
        ("a row 1e6 times the others", (row, _, random) => Gauss(random) * (row == 3 ? 1e6f : 1)),
        ("a column 1e6 times the others", (_, column, random) => Gauss(random) * (column == 3 ? 1e6f : 1)),
        ("an outlier", (row, column, random) => row == 0 && column == 2 ? 1e4f : Gauss(random)),
        ("an outlier at the limit", (row, column, random) => row == 0 && column == 2 ? float.MaxValue : Gauss(random)),
        ("an offset", (_, _, random) => 100 + (Gauss(random) * 0.001f)),
        ("smallest floats", (_, _, random) => (random.Next(5) - 2) * float.Epsilon),
        ("subnormals", (_, _, random) => Gauss(random) * 1e-42f),
        ("smallest normal floats", (_, _, random) => Gauss(random) * 1.2e-38f),
        ("largest floats", (_, _, _) => float.MaxValue),
        ("largest floats of both signs", (_, _, random) => random.Next(2) == 0 ? float.MaxValue : float.MinValue),
        ("a mask", (row, column, _) => column > row ? float.MinValue : 0),
        ("near the limit", (_, _, random) => Math.Clamp(Gauss(random), -3, 3) * 1e38f),
        ("all magnitudes", (_, _, random) => MathF.ScaleB(Gauss(random), random.Next(-120, 120))),
        ("heavy tails", (_, _, random) => MathF.Exp(6 * Gauss(random))),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("reparam-cli-").FullName;

    public static TheoryData<Layout, int> LayoutsAndTerms
    {
        get
        {
            var data = new TheoryData<Layout, int>();
            foreach (var layout in (Layout[])[Layout.Row, Layout.Column, Layout.Block8])
            {
                foreach (var terms in (int[])[0, 1, 2, 3])
                {
                    data.Add(layout, terms);
                }
            }

            data.Add(Layout.Nested, 0);
            data.Add(Layout.Codebook, 0);
            return data;
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(LayoutsAndTerms))]
    public void Whatever_the_weights_what_was_written_loads(Layout layout, int terms)
    {
        foreach (var (name, weight) in Kinds)
        {
            foreach (var (rows, columns) in ((int, int)[])[(16, 32), (5, 3)])
            {
                foreach (var bits in (int[])[1, 2, 3, 4])
                {
                    var random = new Random(rows + bits);
                    var weights = Enumerable.Range(0, rows * columns).Select(i => weight(i / columns, i % columns, random)).ToArray();
                    var coded = ShiftAddCoder.Encode(weights, rows, columns, new ShiftAddAttribute(bits) { Layout = layout, ScaleTerms = terms }, threads: 1);
                    var writer = new PackedFileWriter();
                    writer.AddLayer($"{name}, {bits} bits", "shiftadd", [rows, columns], DType.F32, coded.Matrix);
                    writer.Write(Path.Combine(folder, "w.safetensors"), review: file => SelfCheck.Run(file, default));
                }
            }
        }
    }

    [Fact]
    public void A_mask_of_the_least_float_in_single_signed_powers_of_two_ends()
    {
        var input = Path.Combine(folder, "mask.safetensors");
        var mask = Enumerable.Range(0, 64 * 64).Select(i => i % 64 > i / 64 ? float.MinValue : 0).ToArray();
        var writer = new SafetensorsWriter();
        writer.Add<float>("fc.weight", [64, 64], mask);
        writer.Write(input);
        foreach (var (bits, layout, terms) in ((string, string, string)[])[("3", "column", "1"), ("4", "block8", "0"), ("2", "nested", "0"), ("3", "codebook", "0")])
        {
            var output = Path.Combine(folder, "packed.safetensors");
            var run = CommandRun.Of(CompressCommand.Create(), input, "-o", output, "--bits", bits, "--layout", layout, "--scale-terms", terms);
            Assert.Equal((0, ""), (run.Status, run.Error.Contains("error", StringComparison.Ordinal) ? run.Error : ""));
            Assert.Contains("1 of them give their check values", CommandRun.Of(InspectCommand.Create(), output, "--verify").Output);
        }
    }

    private static float Gauss(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
