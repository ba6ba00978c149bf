using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.Tests.Calibration;

namespace Reparam.Compression.Tests.Plans;

/// <summary>What is coded where no annotation says so: kinds of quantised checkpoints by the names and shapes that their makers write.</summary>
public sealed class TensorSelection_Tests : IDisposable
{
    private const string Fp8 = "m.up.weight F8_E4M3 128x448; m.up.weight_scale_inv F32 16x56; m.norm.weight BF16 448; head.weight BF16 64x448";
    private const string Renamed = "m.up.weight F8_E4M3 64x64; m.up.s F32 8x8; m.down.w I8 64x64; m.down.steps F16 64x2; m.gate.weight F32 64x64";
    private const string Gptq = "q.qweight I32 16x128; q.qzeros I32 4x16; q.scales F16 4x128; q.g_idx I32 128; q.bias F16 128; embed.weight F16 50x128";
    private const string Awq = "q.qweight I32 128x16; q.qzeros I32 1x16; q.scales F16 1x128; lm_head.weight F16 50x128";
    private const string Nf4 = "q.weight U8 4096x1; q.weight.absmax U8 128; q.weight.nested_absmax F32 1x2; q.weight.nested_quant_map F32 16x16; q.weight.quant_map F32 4x4; q.weight.quant_state.bitsandbytes__nf4 U8 90; k.weight F16 64x64";
    private const string CompressedTensors = "q.weight_packed I32 64x8; q.weight_scale BF16 64x1; q.weight_zero_point I32 8x1; q.weight_shape I64 2; a.k_scale BF16 1x1; a.v_scale F32 1x1; q.input_scale F32 1x1; o.weight F16 64x64";
    private const string Nvfp4 = "q.weight U8 64x32; q.weight_scale F8_E4M3 64x4; q.weight_scale_2 F32 1x1; o.weight BF16 64x64";
    private const string Mlx = "q.weight U32 64x8; q.scales F16 64x1; q.biases F16 64x1; o.weight BF16 64x64";
    private const string Mxfp4 = "mlp.experts.gate_blocks U8 4x64x2x16; mlp.experts.gate_scales U8 4x64x2; mlp.experts.gate_bias BF16 4x64; mlp.router.weight BF16 4x64";
    private const string Buffers = "a.rotary.cos_cached F32 32x16; a.causal_mask F32 8x8; a.bias F32 1x1x8x8; a.q.weight F32 16x16";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Fp8, "head.weight")]
    [InlineData(Renamed, "m.gate.weight")]
    [InlineData(Gptq, "embed.weight")]
    [InlineData(Awq, "lm_head.weight")]
    [InlineData(Nf4, "k.weight")]
    [InlineData(CompressedTensors, "o.weight")]
    [InlineData(Nvfp4, "o.weight")]
    [InlineData(Mlx, "o.weight")]
    [InlineData(Mxfp4, "mlp.router.weight")]
    public void Of_a_quantised_checkpoint_only_what_is_not_quantised_is_coded(string tensors, string expected)
    {
        using var checkpoint = Write(tensors);
        var selection = TensorSelection.Plan(checkpoint, new ShiftAddAttribute(3));

        Assert.Equal(expected.Split(' '), selection.Layers.Select(layer => layer.Tensor));
        Assert.Equal(checkpoint.Names.Except(expected.Split(' ')).Order(), selection.Copied.Keys.Order());
        Assert.Equal("RPB0112", Assert.Single(selection.Warnings).Diagnostic.Id);
        Assert.Contains(CopyReason.Quantized, selection.Copied.Values);
        Assert.Contains(CopyReason.QuantizationParameter, selection.Copied.Values);
    }

    [Fact]
    public void The_warning_counts_weights_by_type_and_what_decodes_them()
    {
        using var checkpoint = Write("a.weight F8_E4M3 64x64; b.weight F8_E4M3 64x64; b.weight_scale_inv F32 4x4; a.weight_scale_inv F32 4x4; c.weight I8 64x64; c.SCB F32 64; d.weight F32 8x8");

        Assert.Equal(
            "the checkpoint is quantised already: 2 weights are F8_E4M3, 1 is I8; they are copied as they are, and so are the scales, zero points and tables beside them (3)",
            Assert.Single(TensorSelection.Plan(checkpoint, new ShiftAddAttribute(3)).Warnings).Text);
    }

    [Theory]
    [InlineData("ids I32 64x64; table F32 4x4", "table")]
    [InlineData("attn.relative_position_index I64 49x49; attn.relative_position_bias_table F32 169x3", "attn.relative_position_bias_table")]
    [InlineData("norm.scale F32 64; embed.weight F32 16x64; head.weight F32 16x64; head.bias F32 16", "embed.weight head.weight")]
    [InlineData("steps I32 4x4; a.weight F32 64x64; a.bias F32 64", "a.weight")]
    public void Integers_beside_weights_do_not_make_a_quantised_checkpoint(string tensors, string expected)
    {
        using var checkpoint = Write(tensors);
        var selection = TensorSelection.Plan(checkpoint, new ShiftAddAttribute(3));

        Assert.Equal(expected.Split(' '), selection.Layers.Select(layer => layer.Tensor));
        Assert.Empty(selection.Warnings);
        Assert.DoesNotContain(CopyReason.QuantizationParameter, selection.Copied.Values);
    }

    [Fact]
    public void Computed_buffers_are_copied_until_everything_is_asked_for()
    {
        using var checkpoint = Write(Buffers);
        var options = new ShiftAddAttribute(3);
        var selection = TensorSelection.Plan(checkpoint, options);

        Assert.Equal("a.q.weight", Assert.Single(selection.Layers).Tensor);
        Assert.All(selection.Copied.Values, reason => Assert.Equal(CopyReason.Derived, reason));
        Assert.Equal(4, TensorSelection.Plan(checkpoint, options, everything: true).Layers.Length);
    }

    [Fact]
    public void Scales_are_coded_where_everything_is_asked_for()
    {
        using var checkpoint = Write(Fp8);
        var layers = TensorSelection.Plan(checkpoint, new ShiftAddAttribute(3), exclude: "head", everything: true).Layers;

        Assert.Equal("m.up.weight_scale_inv", Assert.Single(layers).Tensor);
    }

    [Fact]
    public void Names_that_are_asked_for_do_not_bring_scales_with_them()
    {
        using var checkpoint = Write(Fp8);
        var options = new ShiftAddAttribute(3);

        Assert.Equal("head.weight", Assert.Single(TensorSelection.Plan(checkpoint, options, include: "head|up").Layers).Tensor);
        var refused = Assert.Throws<CompressionException>(() => TensorSelection.Plan(checkpoint, options, include: "up"));
        Assert.Equal("--include and --exclude leave none of the 1 weights", Assert.Single(refused.Problems).Text);
    }

    [Fact]
    public void Where_all_is_quantised_a_warning_says_that_nothing_is_left()
    {
        using var checkpoint = Write("up.weight F8_E4M3 128x448; up.weight_scale_inv F32 16x56");
        var selection = TensorSelection.Plan(checkpoint, new ShiftAddAttribute(3));

        Assert.Empty(selection.Layers);
        Assert.Equal(["RPB0112", "RPB0108"], selection.Warnings.Select(warning => warning.Diagnostic.Id));
    }

    private ICheckpoint Write(string tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var tensor in tensors.Split("; "))
        {
            var parts = tensor.Split(' ');
            long[] shape = [.. parts[2].Split('x').Select(long.Parse)];
            Assert.True(DTypeExtensions.TryParse(parts[1], out var dtype));
            writer.Add(parts[0], dtype, shape, new byte[new TensorInfo(parts[0], dtype, [.. shape]).ByteLength]);
        }

        writer.Write(folder.File("m.safetensors"));
        return Checkpoint.Open(folder.File("m.safetensors"));
    }
}
