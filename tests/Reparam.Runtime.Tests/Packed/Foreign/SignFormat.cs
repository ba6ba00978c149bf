using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Packed.Foreign;

/// <summary>A format that the run time knows nothing of: a sign a weight, and one scale for the tensor. It has a row decoder and no kernel.</summary>
internal sealed class SignFormat : PackedFormat<SignSpec, SignMatrix>
{
    private SignFormat()
        : base("test-sign")
    {
    }

    public static SignFormat Instance { get; } = new();

    public override ImmutableArray<string> Suffixes => [".test-signs", ".test-scale"];

    public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new SignSpec(this, weight);

    protected override SignSpec SpecOf(CodedWeight weight, SignMatrix matrix) => new(this, weight);

    protected override SignMatrix Read(ICheckpoint checkpoint, string weight, SignSpec spec) =>
        new(spec.Rows, spec.Columns, checkpoint.ReadArray<byte>(weight + ".test-signs"), checkpoint.ReadArray<float>(weight + ".test-scale")[0]);

    protected override void Write(SafetensorsWriter file, string weight, SignSpec spec, SignMatrix matrix)
    {
        file.Add(weight + ".test-signs", StoredType.U8, [matrix.Rows, matrix.RowBytes], matrix.Signs);
        file.Add(weight + ".test-scale", StoredType.F32, [1], MemoryMarshal.AsBytes<float>([matrix.Scale]).ToArray());
    }

    protected override string? Problem(SignMatrix matrix) => float.IsFinite(matrix.Scale) ? null : $"found the scale {matrix.Scale}, expected a finite one";
}

/// <summary>Nothing beyond what every spec says.</summary>
internal sealed record SignSpec(PackedFormat Signs, CodedWeight Weight) : PackedLayerSpec(Signs, Weight)
{
    public override ImmutableArray<TensorInfo> Parts(string weight) =>
    [
        new TensorInfo(weight + ".test-signs", StoredType.U8, [Rows, (Columns + 7) / 8]),
        new TensorInfo(weight + ".test-scale", StoredType.F32, [1]),
    ];

    public override void WriteMembers(Utf8JsonWriter json)
    {
    }

    protected override string? ProblemOfMembers() => null;
}

/// <summary>w[r, k] = ±scale.</summary>
internal class SignMatrix(int rows, int columns, byte[] signs, float scale) : CodedMatrix(rows, columns)
{
    public override PackedFormat Format => SignFormat.Instance;

    public int RowBytes => (Columns + 7) / 8;

    public byte[] Signs => signs;

    public float Scale => scale;

    public override long StoredBytes => signs.Length + sizeof(float);

    public static SignMatrix Random(int rows, int columns, float scale = 0.37f, int seed = 5) => new(rows, columns, RandomSigns(rows, columns, seed), scale);

    public static byte[] RandomSigns(int rows, int columns, int seed)
    {
        var signs = new byte[rows * ((columns + 7) / 8)];
        new Random(seed).NextBytes(signs);
        return signs;
    }

    public override void DecodeRow(int row, Span<float> destination)
    {
        for (var k = 0; k < Columns; k++)
        {
            destination[k] = ((signs[(row * RowBytes) + (k / 8)] >> (k % 8)) & 1) != 0 ? scale : -scale;
        }
    }
}
