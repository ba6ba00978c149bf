using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// What a right kernel may owe one output y = Σ_k w[k]·x[k] at most, on whatever path, when every input lies within ±1 and the inputs are not made for the matrix.
/// </summary>
/// <remarks>
/// <para>
/// Kernels do not add weights but what weights are made of. The <em>amplitude</em> a[k] of a column is the sum of the magnitudes of these parts: 2^e·Σ_b |α_b| in binary coding,
/// 2^e·S·step·(Σ_b a_b + |o| + |o_min|) in nested profiles with o_min the table's smallest offset, 2^e·S·step times the largest sum of absolute elements of the vectors in codebooks. It may be far larger than |w[k]|:
/// signs cancel. So what a kernel owes a row of weights near zero is not small against its weights, but it is small against Σ a.
/// </para>
/// <para>
/// <em>Sums in single precision.</em> With u = 2⁻²⁴ and n = bits·columns + 64 roundings at most on a value's way, the error of sums is at most n·u·Σ a. Roundings do not conspire: λ·√n·u·Σ a holds but for a chance of
/// 2n·exp(−λ²/2), n·3e-14 for λ = 8 (Higham and Mary 2019). The smaller of the two counts.
/// </para>
/// <para>
/// <em>Tables</em> (in <see cref="KernelPrecision.Default"/> and <see cref="KernelPrecision.Fast"/>). A look-up is wrong by half a step, and a step is L/T, with L the largest entry of a segment's tables and T = 32639
/// (default) or 127 (fast). Look-up q then owes c_q = 0.51·L/T·A_q, the 0.01 for the rounding of the entries before. In the row layout and in nested profiles tables are made of inputs, so L ≤ 4, a look-up serves a quad of columns,
/// and A_q is the amplitude of the row's own quad. Tables that hold scales too (column, block8) have L ≤ 4·max |α| over the segment's columns, at most 128. Tables of codebooks have L ≤ the largest sum of absolute elements of a vector, and A_q = 2^e·S·step for each index.
/// Nested offsets meet the sums of 16 inputs, rounded to 16 bits in both precisions: 0.51·16/32767·2^e·S·step·(o − o_min) for each group. The sum of all c_q holds always. By Hoeffding's inequality λ·√(Σ c_q²) holds
/// but for a chance of 2·exp(−λ²/2) = 3e-14, because inputs that are not made for the matrix round up as often as down. The smaller of the two counts.
/// </para>
/// <para>
/// <em>Scales as integers</em> (block8 in default and fast) are off by at most 2e-5 of a segment's scales in the 2-norm (<see cref="Block8Scales"/>): with 8·G columns min(λ, √(8·G))·2e-5·√(8·bits·Σ α²).
/// </para>
/// <para><em>Weights near the smallest float.</em> The definition rounds each decoded weight to a multiple of 2⁻¹⁴⁹, which kernels do not: columns·2⁻¹⁴⁹.</para>
/// </remarks>
/// <param name="Error">Largest |found − y|.</param>
/// <param name="Amplitude">Σ_k a[k]: neither a partial sum nor a result is larger.</param>
internal readonly record struct ProductBound(double Error, double Amplitude)
{
    private const double Lambda = 8;
    private const double Unit = 1.0 / (1 << 24);
    private const double HalfStep = 0.51;
    private const double DefaultSteps = (127 * 256) + 127;
    private const double FastSteps = 127;
    private const double GroupSumSteps = short.MaxValue;
    private const double SmallestFloat = float.Epsilon;
    private const int Quad = 4;
    private const int FurtherRoundings = 64;

    /// <summary>The bound of a row of a coded matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">Row.</param>
    /// <param name="precision">How the inputs enter the product. Ways that round less than it says are within the bound too.</param>
    public static ProductBound Of(CodedMatrix matrix, int row, KernelPrecision precision)
    {
        var parts = new Parts { Steps = precision == KernelPrecision.Fast ? FastSteps : DefaultSteps };
        switch (matrix)
        {
            case BinaryCodedMatrix { Layout: PackedLayout.Row } binary:
                parts.AddGroups(binary, row);
                break;
            case BinaryCodedMatrix binary:
                parts.AddSharedScales(binary, row);
                break;
            case NestedMatrix nested:
                parts.AddProfiles(nested, row);
                break;
            case CodebookMatrix codebook:
                parts.AddVectors(codebook, row);
                break;
            default:
                throw new ArgumentException($"the layout {matrix.Layout} has no kernel", nameof(matrix));
        }

        var rounded = precision == KernelPrecision.Exact ? 0 : Math.Min(parts.LookUps, Lambda * Math.Sqrt(parts.Squares)) + parts.Scales;
        return Of(parts.Amplitude, rounded, matrix.Bits, matrix.Columns);
    }

    /// <summary>The bound of a row of weights that are not coded, multiplied in single precision.</summary>
    /// <param name="amplitude">Σ_k |w[k]·x[k]|.</param>
    /// <param name="columns">Columns.</param>
    public static ProductBound OfDense(double amplitude, int columns) => Of(amplitude, 0, 1, columns);

    private static ProductBound Of(double amplitude, double rounded, int bits, int columns)
    {
        var roundings = ((double)bits * columns) + FurtherRoundings;
        var sums = Math.Min(roundings, Lambda * Math.Sqrt(roundings)) * Unit * amplitude;
        return new ProductBound(rounded + sums + (columns * SmallestFloat), amplitude);
    }

    /// <summary>What the parts of a row add up to.</summary>
    private struct Parts
    {
        public double Steps;

        /// <summary>Σ a.</summary>
        public double Amplitude;

        /// <summary>Σ c.</summary>
        public double LookUps;

        /// <summary>Σ c².</summary>
        public double Squares;

        /// <summary>What rounded scales add.</summary>
        public double Scales;

        public void AddGroups(BinaryCodedMatrix matrix, int row)
        {
            for (var group = 0; group < matrix.ColumnBlocks; group++)
            {
                var columns = Math.Min(matrix.BlockColumns, matrix.Columns - (group * matrix.BlockColumns));
                var amplitude = 0.0;
                for (var bit = 0; bit < matrix.Bits; bit++)
                {
                    amplitude += Math.Abs(matrix.Scale(row, group, bit));
                }

                amplitude = Math.ScaleB(amplitude, matrix.ScaleExponent);
                Amplitude += columns * amplitude;
                Add(DivideUp(columns, Quad), Quad * amplitude / Steps);
            }
        }

        public void AddSharedScales(BinaryCodedMatrix matrix, int row)
        {
            // A plane's segments are those of the stream whose tables hold the scales.
            var columns = matrix.WordsPerRow * PrepackedLayout.ChunkColumns;
            var width = new PrepackedLayout(1, columns, 1, columns, rowsInDwords: true, floatScales: false).SegmentColumns;
            var largest = new double[CodedMatrix.MaxBits];
            var squares = 0.0;
            for (var start = 0; start < matrix.Columns; start += width)
            {
                var end = Math.Min(matrix.Columns, start + width);
                Array.Clear(largest);
                for (var column = start; column < end; column += matrix.BlockColumns)
                {
                    for (var bit = 0; bit < matrix.Bits; bit++)
                    {
                        var scale = Math.Abs(Math.ScaleB(matrix.Scale(row / matrix.BlockRows, column / matrix.BlockColumns, bit), matrix.ScaleExponent));
                        Amplitude += Math.Min(matrix.BlockColumns, end - column) * scale;
                        largest[bit] = Math.Max(largest[bit], scale);
                        squares += scale * scale;
                    }
                }

                Add(DivideUp(end - start, Quad), Quad * largest.Sum() / Steps);
            }

            if (matrix.Layout == PackedLayout.Block8)
            {
                var groups = Block8Layout.GroupColumns * (double)matrix.ColumnBlocks;
                Scales = Math.Min(Lambda, Math.Sqrt(groups)) * Block8Scales.LargestError * Math.Sqrt(Block8Layout.GroupColumns * matrix.Bits * squares);
            }
        }

        public void AddProfiles(NestedMatrix matrix, int row)
        {
            var least = int.MaxValue;
            for (var index = 0; index < matrix.Table.Count; index++)
            {
                least = Math.Min(least, matrix.Table.Profile(index)[matrix.Bits]);
            }

            for (var group = 0; group < matrix.Groups; group++)
            {
                var columns = Math.Min(NestedMatrix.GroupSize, matrix.Columns - (group * NestedMatrix.GroupSize));
                var profile = matrix.Table.Profile(matrix.Profile(row, group));
                var (planes, offset) = (0, profile[matrix.Bits]);
                for (var bit = 0; bit < matrix.Bits; bit++)
                {
                    planes += profile[bit];
                }

                var block = (row / matrix.SuperRows * matrix.SuperBlocks) + (group * NestedMatrix.GroupSize / matrix.SuperColumns);
                var unit = Math.ScaleB((double)matrix.SuperScales.Span[block] * matrix.Table.Step, matrix.ScaleExponent);
                Amplitude += columns * unit * (planes + Math.Abs(offset) + Math.Abs(least));
                Add(DivideUp(columns, Quad), Quad * unit * planes / Steps);
                Add(1, NestedMatrix.GroupSize * unit * (offset - least) / GroupSumSteps);
            }
        }

        public void AddVectors(CodebookMatrix matrix, int row)
        {
            var sizes = new int[matrix.Set.Stages.Count];
            for (var stage = 0; stage < sizes.Length; stage++)
            {
                sizes[stage] = LargestSize(matrix.Set.Vectors(stage), matrix.Set.Stages[stage].Span);
            }

            for (var block = 0; block < matrix.SuperBlocks; block++)
            {
                var columns = Math.Min(matrix.SuperColumns, matrix.Columns - (block * matrix.SuperColumns));
                var scale = matrix.SuperScales.Span[(row / matrix.SuperRows * matrix.SuperBlocks) + block];
                var unit = Math.ScaleB((double)scale * matrix.Set.Step, matrix.ScaleExponent);
                for (var stage = 0; stage < sizes.Length; stage++)
                {
                    var positions = matrix.Set.Stages[stage].Positions(columns);
                    Amplitude += positions * unit * sizes[stage];
                    Add(positions, unit * sizes.Max() / Steps);
                }
            }
        }

        private static int LargestSize(ReadOnlySpan<sbyte> vectors, int span)
        {
            var largest = 0;
            for (var start = 0; start < vectors.Length; start += span)
            {
                var size = 0;
                foreach (var element in vectors.Slice(start, span))
                {
                    size += Math.Abs((int)element);
                }

                largest = Math.Max(largest, size);
            }

            return largest;
        }

        private static int DivideUp(int value, int unit) => ((value - 1) / unit) + 1;

        // Some look-ups, each with a step of so much.
        private void Add(int count, double step)
        {
            var half = HalfStep * step;
            LookUps += count * half;
            Squares += count * half * half;
        }
    }
}
