using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;

namespace Reparam.Benchmarks.Peers;

/// <summary>
/// y = W·x as llama.cpp computes it for one input row: the inputs are quantised to 8 bits, then each thread multiplies its share of the rows, one by one.
/// </summary>
internal sealed unsafe class GgmlProduct
{
    private const int DistinctRows = 64;

    // What 8-bit inputs lose is below 0.01; anything near this is not the product that was asked for.
    private const double MostError = 0.03;

    private readonly GgmlFormat format;
    private readonly PinnedTeam team;
    private readonly NativeBlock inputs;
    private readonly NativeBlock quantized;
    private readonly NativeBlock outputs;
    private readonly NativeBlock[] copies;
    private readonly delegate* unmanaged<float*, void*, long, void> quantize;
    private readonly delegate* unmanaged<int, float*, nuint, void*, nuint, void*, nuint, int, void> dot;
    private readonly Action<int> share;
    private NativeBlock current;

    /// <param name="library">The library.</param>
    /// <param name="format">Format of the weights.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns, a multiple of the format's block.</param>
    /// <param name="copies">Copies of the weights; the next one serves each product.</param>
    /// <param name="team">The threads.</param>
    /// <exception cref="EntryPointNotFoundException">The library lacks a function, or it computes something else.</exception>
    public GgmlProduct(GgmlLibrary library, GgmlFormat format, int rows, int columns, int copies, PinnedTeam team)
    {
        this.format = format;
        this.team = team;
        Rows = rows;
        Columns = columns;
        quantize = library.InputQuantizer(format);
        dot = library.Dot(format);
        inputs = new NativeBlock(columns * sizeof(float));
        quantized = new NativeBlock(format.InputBytes(columns));
        outputs = new NativeBlock(rows * sizeof(float));
        RandomMatrix.Inputs(columns, columns).CopyTo(new Span<float>(inputs.Start, columns));
        this.copies = NativeBlock.Copies((long)rows * format.RowBytes(columns), copies);
        Fill(library);
        current = this.copies[0];
        share = Share;
        Multiply(current);
        Check(library, (float*)outputs.Start);
    }

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>This product as a contender.</summary>
    public Contender Contender(bool cold) => Measuring.Contender.Over(format.Name, copies, Multiply, copies[0].Bytes, cold);

    /// <summary>The same product with weights in the order that llama.cpp brings them into when it loads a model; null when there is none.</summary>
    /// <exception cref="EntryPointNotFoundException">It computes something else.</exception>
    public Contender? Repacked(GgmlLibrary library)
    {
        var other = GgmlRepackedProduct.Create(library, format, Rows, Columns, new ReadOnlySpan<byte>(copies[0].Start, (int)copies[0].Bytes), new Span<float>(inputs.Start, Columns).ToArray());
        if (other is null)
        {
            return null;
        }

        other.Multiply();
        Check(library, other.Results);
        return other.Contender();
    }

    private void Multiply(NativeBlock weights)
    {
        quantize((float*)inputs.Start, quantized.Start, Columns);
        current = weights;
        team.Run(share);
    }

    private void Share(int part)
    {
        var end = team.FirstRow(part + 1, Rows);
        nint rowBytes = format.RowBytes(Columns);
        var weights = current.Start;
        var y = (float*)outputs.Start;
        for (var row = team.FirstRow(part, Rows); row < end; row++)
        {
            dot(Columns, y + row, 0, weights + row * rowBytes, 0, quantized.Start, 0, 1);
        }
    }

    // A few rows are quantised and repeated: ggml's coder is slow, and the time of a product does not depend on the values.
    private void Fill(GgmlLibrary library)
    {
        var distinct = Math.Min(DistinctRows, Rows);
        nint rowBytes = format.RowBytes(Columns);
        library.Quantize(format, RandomMatrix.Inputs(distinct * Columns, 1), distinct, Columns, copies[0].Start);
        for (nint row = distinct; row < Rows; row++)
        {
            new ReadOnlySpan<byte>(copies[0].Start + row % distinct * rowBytes, (int)rowBytes).CopyTo(new Span<byte>(copies[0].Start + row * rowBytes, (int)rowBytes));
        }

        foreach (var copy in copies.AsSpan(1))
        {
            Buffer.MemoryCopy(copies[0].Start, copy.Start, copy.Bytes, copy.Bytes);
        }
    }

    // Functions of a shared library have no types: what they compute is compared with a float64 sum of the decoded weights.
    private void Check(GgmlLibrary library, float* results)
    {
        var x = new ReadOnlySpan<float>(inputs.Start, Columns);
        var weights = new float[Columns];
        double error = 0, norm = 0;
        for (var row = 0; row < Math.Min(DistinctRows, Rows); row++)
        {
            library.Decode(format, copies[0].Start + row * (nint)format.RowBytes(Columns), weights);
            var sum = 0.0;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += (double)weights[k] * x[k];
            }

            var difference = results[row] - sum;
            error += difference * difference;
            norm += sum * sum;
        }

        if (!(error <= MostError * MostError * norm))
        {
            throw new EntryPointNotFoundException($"{library.Name}: {format.Dot} does not compute the product that it should");
        }
    }
}
