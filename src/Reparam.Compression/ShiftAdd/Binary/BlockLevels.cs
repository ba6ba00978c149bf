using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>The 2^(bits−1) magnitudes that a set of scales can give in each of 16 lanes, and the code of each with a plus in front.</summary>
internal readonly unsafe ref struct BlockLevels
{
    private readonly float* levels;
    private readonly int* codes;
    private readonly int number;
    private readonly Vector512<int> all;

    /// <summary>Forms the levels of 16 lanes.</summary>
    /// <param name="levels">Workspace, [2^(bits−1), 16].</param>
    /// <param name="codes">Workspace, [2^(bits−1), 16].</param>
    /// <param name="scales">[bits], <paramref name="stride"/> floats apart; of any sign.</param>
    /// <param name="stride">Floats from one scale to the next.</param>
    /// <param name="bits">1 to 4.</param>
    public BlockLevels(float* levels, int* codes, float* scales, nint stride, int bits)
    {
        this.levels = levels;
        this.codes = codes;
        number = 1 << (bits - 1);
        all = Vector512.Create((1 << bits) - 1);
        for (var pattern = 0; pattern < number; pattern++)
        {
            // Plane 0 is plus; the order of the sum is that of the format.
            var plus = (pattern << 1) | 1;
            var sum = Vector512.Load(scales);
            for (var b = 1; b < bits; b++)
            {
                var scale = Vector512.Load(scales + b * stride);
                sum = ((plus >> b) & 1) != 0 ? sum + scale : sum - scale;
            }

            var code = Vector512.Create(plus);
            var negative = Vector512.LessThan(sum, Vector512<float>.Zero).AsInt32();
            Vector512.Abs(sum).Store(levels + pattern * RankUpdate.Lanes);
            (code ^ (negative & all)).Store(codes + pattern * RankUpdate.Lanes);
        }
    }

    /// <summary>The nearest level to each lane's target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Nearest(Vector512<float> target, out Vector512<float> value, out Vector512<int> code)
    {
        var magnitude = Vector512.Abs(target);
        value = Vector512.Load(levels);
        code = Vector512.Load(codes);
        var distance = Vector512.Abs(magnitude - value);
        for (var i = 1; i < number; i++)
        {
            var level = Vector512.Load(levels + i * RankUpdate.Lanes);
            var here = Vector512.Abs(magnitude - level);
            var nearer = Vector512.LessThan(here, distance);
            distance = Vector512.ConditionalSelect(nearer, here, distance);
            value = Vector512.ConditionalSelect(nearer, level, value);
            code = Vector512.ConditionalSelect(nearer.AsInt32(), Vector512.Load(codes + i * RankUpdate.Lanes), code);
        }

        var sign = target & Vector512.Create(-0f);
        value |= sign;
        code ^= Vector512.ShiftRightArithmetic(sign.AsInt32(), 31) & all;
    }

    /// <summary>+1 or −1 by a bit of the codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sign(Vector512<int> code, int bit) =>
        ((Vector512.ShiftLeft(~code, 31 - bit) & Vector512.Create(int.MinValue)) | Vector512.Create(0x3F800000)).AsSingle();
}
