using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Makes products of the sums of a segment.</summary>
internal static unsafe class SegmentScaler<T>
    where T : unmanaged, IIntegerLanes<T>
{
    /// <summary>total += scale · input's scale · Σ (q − z)·(u − zero), for one vector of rows. The sums are 0 afterwards.</summary>
    /// <param name="segment">The sums and what they are scaled with.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(in SegmentSums segment)
    {
        var middle = segment.Middle;
        var zeros = segment.Zeros == null ? T.Broadcast(&middle) : T.Load(segment.Zeros);
        var zeroOfInputs = segment.ZeroOfInputs;
        var owed = zeroOfInputs == 0 ? T.Zero : T.MultiplyInts(T.Load(segment.WeightSums), T.Broadcast(&zeroOfInputs));
        var sums = segment.Sums;
        var inputSum = segment.InputSums;
        var inputScale = segment.InputScales;
        var total = segment.Totals;
        var scales = segment.Scales;
        var (stride, inputStride, hasTwoPlanes) = (segment.SumStride, segment.InputStride, segment.Planes == 2);
        for (var count = segment.Inputs; count > 0; count--)
        {
            var sum = T.Load(sums);
            T.Zero.Store(sums);
            if (hasTwoPlanes)
            {
                sums += stride;
                sum = T.AddInts(T.TimesByte(sum), T.Load(sums));
                T.Zero.Store(sums);
            }

            sum = T.SubtractInts(T.SubtractInts(sum, T.MultiplyInts(zeros, T.Broadcast(inputSum))), owed);
            T.AddScaled(sum, scales, *inputScale, total);
            sums += stride;
            inputSum += inputStride;
            inputScale += inputStride;
            total += UniformTiles.PieceRows;
        }
    }
}
