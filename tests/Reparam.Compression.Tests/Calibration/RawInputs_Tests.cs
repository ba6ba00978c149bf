using System.Runtime.InteropServices;
using CsCheck;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Calibration;
using Reparam.Compression.Tests.ShiftAdd;

namespace Reparam.Compression.Tests.Calibration;

/// <summary>Second moments of raw inputs against sums in double precision.</summary>
public sealed class RawInputs_Tests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_size_gives_the_mean_of_the_products_to_the_last_bit_of_a_float()
    {
        Gen.Select(Gen.Int[1, 257], Gen.Int[1, 257], Gen.Int[0, 1 << 20], Gen.Int[-20, 15]).Sample((tokens, columns, seed, exponent) =>
        {
            var inputs = RandomMatrix.HeavyTailed(tokens, columns, seed, Math.ScaleB(1, exponent));
            var path = Write("w.inputs", DType.F32, [tokens, columns], inputs);
            using var file = CalibrationFile.Open(path, threads: 1);
            var found = file.Find("w", 1, columns)!;

            Assert.Equal(tokens, found.Gram.Tokens);
            Assert.Equal(columns, found.Gram.Columns);
            Assert.Equal(Oracle(inputs, tokens, columns), found.Gram.Values.ToArray());
        }, iter: 20, threads: 1);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.F64)]
    public void Inputs_of_every_type_and_of_leading_dimensions_are_read(DType dtype)
    {
        const int Columns = 19;
        var inputs = RandomMatrix.Gaussian(12, Columns, 3, scale: 1);
        var path = Write("a.weight.inputs", dtype, [3, 4, Columns], inputs);
        using var stored = SafetensorsFile.Open(path);
        using var file = CalibrationFile.Open(path);

        var gram = file.Find("a.weight", 5, Columns)!.Gram;

        Assert.Equal(Oracle(stored.ReadSingles("a.weight.inputs"), 12, Columns), gram.Values.ToArray());
        Assert.Equal(12, gram.Tokens);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        const int Columns = 300;
        var path = Write("w.inputs", DType.F32, [400, Columns], RandomMatrix.HeavyTailed(400, Columns, 5));
        using var one = CalibrationFile.Open(path, threads: 1);
        using var all = CalibrationFile.Open(path, threads: 7);

        Assert.Equal(one.Find("w", 1, Columns)!.Gram.Values.ToArray(), all.Find("w", 1, Columns)!.Gram.Values.ToArray());
    }

    [Fact]
    public void A_million_tokens_lose_no_precision()
    {
        // 0.1 is no binary fraction and the outlier is 10⁴ times as large: a running sum in single precision loses three digits here.
        const int Tokens = 1_000_000;
        var inputs = new float[2 * Tokens];
        for (var token = 0; token < Tokens; token++)
        {
            inputs[2 * token] = 0.1f;
            inputs[(2 * token) + 1] = token == 0 ? 1000 : 0.001f;
        }

        using var file = CalibrationFile.Open(Write("w.inputs", DType.F32, [Tokens, 2], inputs));

        Assert.Equal(Oracle(inputs, Tokens, 2), file.Find("w", 1, 2)!.Gram.Values.ToArray());
    }

    [Fact]
    public void A_layer_is_named_by_its_weight_or_by_its_path()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("a.inputs", [1, 2], new float[] { 1, 2 });
        writer.Add<float>("b.weight.inputs", [1, 2], new float[] { 3, 4 });
        writer.Add<float>("b.inputs", [1, 2], new float[] { 5, 6 });
        writer.Add<float>("c", [1, 2], new float[] { 7, 8 });
        var path = folder.File("named.safetensors");
        writer.Write(path);
        using var file = CalibrationFile.Open(path);

        Assert.True(file.HoldsInputs);
        Assert.Equal([1f, 2, 2, 4], file.Find("a.weight", 3, 2)!.Gram.Values.ToArray());
        Assert.Equal([9f, 12, 12, 16], file.Find("b.weight", 3, 2)!.Gram.Values.ToArray());
        Assert.Equal([25f, 30, 30, 36], file.Find("b", 3, 2)!.Gram.Values.ToArray());
        Assert.Null(file.Find("c", 1, 2));
        Assert.Null(file.Find("b.bias", 1, 2));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void An_input_that_is_not_finite_is_named_by_its_place(float bad)
    {
        const int Columns = 150;
        var inputs = new float[140 * Columns];
        inputs[(135 * Columns) + 131] = bad;
        using var file = CalibrationFile.Open(Write("w.inputs", DType.F32, [140, Columns], inputs));

        var refused = Assert.Throws<CheckpointException>(() => file.Find("w", 1, Columns));

        Assert.Equal(CheckpointRule.Calibration, refused.Rule);
        Assert.Equal("w.inputs", refused.Tensor);
        Assert.Contains("[135, 131]", refused.Detail);
    }

    [Fact]
    public void Inputs_whose_squares_are_above_the_range_are_refused()
    {
        using var file = CalibrationFile.Open(Write("w.inputs", DType.F32, [1, 2], [1, 1e30f]));

        Assert.Contains("column 1", Assert.Throws<CheckpointException>(() => file.Find("w", 1, 2)).Detail);
    }

    [Fact]
    public void Inputs_of_another_width_than_the_weight_are_refused()
    {
        using var file = CalibrationFile.Open(Write("w.inputs", DType.F32, [3, 4], new float[12]));

        var refused = Assert.Throws<CheckpointException>(() => file.Find("w.weight", 8, 5));

        Assert.Equal("found F32 [3, 4], expected [tokens, 5] for the weight 'w.weight' [8, 5]", refused.Detail);
    }

    [Fact]
    public void A_file_without_inputs_or_with_unusable_ones_is_refused_on_opening()
    {
        Assert.Contains("neither", Refused("w", DType.F32, [2]));
        Assert.Contains("'w.inputs': found I32 [2]", Refused("w.inputs", DType.I32, [2]));
        Assert.Contains("'w.inputs': found F32 [0, 2]", Refused("w.inputs", DType.F32, [0, 2]));
        Assert.Contains("'w.inputs': found F32 []", Refused("w.inputs", DType.F32, []));
    }

    [Fact]
    public void Cancellation_ends_the_computation()
    {
        using var source = new CancellationTokenSource();
        using var file = CalibrationFile.Open(Write("w.inputs", DType.F32, [3, 4], new float[12]), threads: 1, source.Token);
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => file.Find("w", 1, 4));
    }

    private string Refused(string name, DType dtype, long[] shape)
    {
        var bytes = new byte[shape.Aggregate(1L, (product, side) => product * side) * dtype.BitSize() / 8];
        var writer = new SafetensorsWriter();
        writer.Add(name, dtype, shape, bytes);
        var path = folder.File("refused.safetensors");
        writer.Write(path);
        return Assert.Throws<CheckpointException>(() => CalibrationFile.Open(path)).Message;
    }

    private string Write(string name, DType dtype, long[] shape, float[] values)
    {
        var bytes = new byte[values.Length * dtype.BitSize() / 8];
        if (dtype == DType.F64)
        {
            values.Select(value => (double)value).ToArray().AsSpan().CopyTo(MemoryMarshal.Cast<byte, double>(bytes.AsSpan()));
        }
        else
        {
            ElementConversion.FromSingles(dtype, values, bytes);
        }

        var writer = new SafetensorsWriter();
        writer.Add(name, dtype, shape, bytes);
        var path = folder.File($"{Guid.NewGuid():N}.safetensors");
        writer.Write(path);
        return path;
    }

    private static float[] Oracle(float[] inputs, int tokens, int columns)
    {
        var sums = new double[columns * columns];
        for (var token = 0; token < tokens; token++)
        {
            var x = inputs.AsSpan(token * columns, columns);
            for (var i = 0; i < columns; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    sums[(i * columns) + j] += (double)x[i] * x[j];
                }
            }
        }

        return [.. sums.Select(sum => (float)(sum / tokens))];
    }
}
