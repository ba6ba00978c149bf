using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression;
using Reparam.Compression.Plans;
using Reparam.Fuzz.Mutation;
using Layout = Reparam.ShiftAddLayout;

namespace Reparam.Fuzz.Readers;

/// <summary>The small model that most good files are of, and the files.</summary>
internal static class Weights
{
    /// <summary>Rows of each coded weight.</summary>
    public const int Rows = 24;

    /// <summary>Columns of each coded weight.</summary>
    public const int Columns = 48;

    /// <summary>Each layout once; the names of the weights are those of the layouts.</summary>
    public static readonly ImmutableArray<Layout> Layouts = [Layout.Row, Layout.Column, Layout.Block8, Layout.Nested, Layout.Codebook];

    /// <summary>Name of the layer whose weight lies on uniform grids and whose inputs are rounded.</summary>
    public const string Uniform = "uniform";

    /// <summary>Name of the weight that is coded in a layout.</summary>
    public static string NameOf(Layout layout) => TextOf(layout) + ".weight";

    /// <summary>A layout as plans write it.</summary>
    public static string TextOf(Layout layout) => layout.ToString().ToLowerInvariant();

    /// <summary>Numbers that are the same on every run.</summary>
    public static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() + random.NextDouble() - 1) * 0.1))];
    }

    /// <summary>The dense checkpoint, written into a folder.</summary>
    public static string WriteDense(string folder)
    {
        var path = Path.Combine(folder, "dense.safetensors");
        var writer = new SafetensorsWriter();
        foreach (var layout in Layouts)
        {
            writer.Add<float>(NameOf(layout), [Rows, Columns], Numbers(Rows * Columns, (int)layout));
        }

        writer.Add<float>($"{Uniform}.weight", [Rows, Columns], Numbers(Rows * Columns, 77));
        writer.Add<float>($"{Uniform}.{UniformInputState.ScaleName}", [Columns], Enumerable.Range(1, Columns).Select(i => i / 64f).ToArray());
        writer.Add<float>($"{Uniform}.{UniformInputState.ZeroName}", [Columns], Enumerable.Range(1, Columns).Select(i => (float)i).ToArray());
        writer.Add<float>("bias", [Rows], Numbers(Rows, 99));
        writer.Add<long>("steps", [], new long[] { 7 });
        writer.SetMetadata("reparam.config", """{ "dim": 48, "rate": 0.5, "name": "a", "tied": true }""");
        writer.Write(path);
        return path;
    }

    /// <summary>A packed file of the dense one: each weight in its own format.</summary>
    public static byte[] Pack(string folder, int bits, int scaleTerms)
    {
        var path = Path.Combine(folder, "packed.reparam.safetensors");
        using var dense = Checkpoint.Open(WriteDense(folder));
        var uniform = new UniformAttribute(bits + 1) { GroupSize = 16, Symmetric = bits == 3, Activations = 8, ActivationsPerChannel = true };
        CheckpointCompressor.Compress(
            dense, [.. Plan(bits, scaleTerms), new LayerPlan($"{Uniform}.weight", uniform)], path, new CompressionSettings { Threads = 1 });
        return File.ReadAllBytes(path);
    }

    /// <summary>Packed files of different widths, with checksums and as older versions wrote them.</summary>
    public static Seed[] PackedSeeds(string folder) => [.. (((int Bits, int Terms)[])[(2, 0), (3, 2), (1, 0), (4, 1)]).SelectMany(form =>
    {
        var file = Pack(folder, form.Bits, form.Terms);
        return (Seed[])[new($"{form.Bits}-bits", file), new($"{form.Bits}-bits-older", new SafetensorsParts().WithoutChecksums(file))];
    })];

    /// <summary>The coding of the weights in layouts of <c>[ShiftAdd]</c>.</summary>
    public static ImmutableArray<LayerPlan> Plan(int bits, int scaleTerms) =>
    [
        .. Layouts.Select(layout => new LayerPlan(NameOf(layout), new ShiftAddAttribute(bits)
        {
            Layout = layout, GroupSize = 16, ScaleTerms = layout is Layout.Nested or Layout.Codebook ? 0 : scaleTerms, Rounds = 2,
        })),
    ];
}
