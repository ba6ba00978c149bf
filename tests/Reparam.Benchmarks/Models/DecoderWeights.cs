using Reparam.Benchmarks.Kernels;
using Reparam.Runtime;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Models;

/// <summary>Fills a decoder with random weights in coded form: no compression runs.</summary>
/// <param name="Layout">Name of the packed format.</param>
/// <param name="Bits">Planes, 1 to 4.</param>
/// <param name="GroupSize">Weights that share a set of scales in row, column and block8 layout.</param>
/// <param name="Precision">How inputs enter the products.</param>
internal sealed record DecoderWeights(string Layout, int Bits, int GroupSize, KernelPrecision Precision)
{
    /// <summary>What the tables call it.</summary>
    public override string ToString()
    {
        var groups = !KernelCase.LayoutHasGroups(Layout) ? "" : GroupSize == 0 ? ", one group" : $", groups of {GroupSize}";
        return $"{Layout} layout, {Bits} bits{groups}, {Precision.ToString().ToLowerInvariant()} precision";
    }

    /// <summary>Makes a decoder.</summary>
    public Decoder Make(DecoderSizes sizes)
    {
        var decoder = new Decoder(sizes);
        decoder.Accept(new Filler(this));
        return decoder;
    }

    private sealed class Filler(DecoderWeights weights) : ComponentVisitor
    {
        private int seed;

        // The weights of norms stay 1.
        protected override void OnParameter(string name, Parameter parameter)
        {
            if (parameter.Rank == 2)
            {
                var (rows, columns) = ((int)parameter.Shape[0], (int)parameter.Shape[1]);
                var coded = RandomMatrix.Create(weights.Layout, rows, columns, weights.Bits, weights.GroupSize, ++seed);
                parameter.Fill([PackedMatrix.Create(coded, precision: weights.Precision)]);
            }
        }

        protected override void OnBuffer(string name, Tensor buffer)
        {
        }
    }
}
