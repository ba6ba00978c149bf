using Reparam.Checkpoints.Packed;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>One matrix on its way into nested profiles, some bands of blocks at a time.</summary>
internal sealed unsafe class NestedJob<T, TPlanes>
    where T : unmanaged, ILanes<T>
    where TPlanes : struct, IPlanes
{
    private const int GroupsOfPart = 128;
    private const float AllSigns = (1 << GroupTile.Size) - 1;

    private static readonly int Entries = TPlanes.Count + 1;

    private readonly NestedSource source;
    private readonly NestedShape shape;
    private readonly NestedEffort effort;
    private readonly NestedLevels levels;
    private readonly int bandsOfPart;
    private readonly NestedCodes codes;

    // Per part, added up in order at the end.
    private readonly double[] errors;
    private readonly double[] norms;

    public NestedJob(NestedSource source, ProfileTable table, NestedEffort effort)
    {
        this.source = source;
        this.effort = effort;
        shape = source.Shape;
        levels = new NestedLevels(table, source.Normalization);
        bandsOfPart = Math.Max(1, GroupsOfPart / (shape.SuperRows * shape.Groups));
        codes = new NestedCodes(shape, table);
        errors = new double[Parts];
        norms = new double[Parts];
    }

    /// <summary>Number of parts.</summary>
    public int Parts => (shape.Bands - 1) / bandsOfPart + 1;

    /// <summary>The coded matrix, once every part is done.</summary>
    public CodedLayer Result()
    {
        var exponent = 2 * source.Normalization.ScaleExponent;
        return new CodedLayer(codes.Matrix(source.Normalization.ScaleExponent), Math.ScaleB(errors.Sum(), exponent), Math.ScaleB(norms.Sum(), exponent));
    }

    /// <summary>Scratch memory of a worker.</summary>
    public GroupBlocks<T> AllocateWorkspace() => new(bandsOfPart * shape.BlocksOfBand, bandsOfPart * shape.SuperRows * shape.Groups);

    /// <summary>Codes one part.</summary>
    public GroupBlocks<T> Encode(int part, GroupBlocks<T> workspace)
    {
        var firstBlock = part * bandsOfPart * shape.BlocksOfBand;
        var endBlock = Math.Min(shape.Bands, (part + 1) * bandsOfPart) * shape.BlocksOfBand;
        workspace.Clear();
        for (var block = firstBlock; block < endBlock; block++)
        {
            workspace.Add(source.Weights.Span, shape, block, source.Normalization, default);
        }

        fixed (float* entries = levels.Units)
        {
            workspace.Fit<TPlanes>(entries, levels.Profiles, levels.Step, levels.LargestScale, effort.ScaleTrials);
            Write(workspace, firstBlock, entries, part);
        }

        return workspace;
    }

    private void Write(GroupBlocks<T> workspace, int firstBlock, float* entries, int part)
    {
        var tiles = workspace.Tiles;
        var inverses = new float[tiles * T.Count];
        var words = new float[tiles * T.Count * TPlanes.Count];
        var squares = new float[tiles * T.Count];
        fixed (float* inverse = inverses, word = words, square = squares)
        {
            workspace.Invert(levels.Step, (T*)inverse);
            for (var tile = 0; tile < tiles; tile++)
            {
                Code(workspace, tile, entries, inverse + tile * T.Count, (T*)word + tile * TPlanes.Count, (T*)square + tile);
            }
        }

        for (var b = 0; b < workspace.Blocks; b++)
        {
            var block = firstBlock + b;
            codes.SetScale(block, workspace.Scales[b]);
            norms[part] += workspace.Energies[b];
            var unit = (double)(workspace.Scales[b] * levels.Step);
            var group = workspace.FirstGroup(b);
            foreach (var (row, column) in shape.GroupsOf(block))
            {
                var lane = group % T.Count;
                for (var plane = 0; plane < TPlanes.Count; plane++)
                {
                    codes.SetSigns(plane, row, column, (int)words[((group / T.Count * TPlanes.Count) + plane) * T.Count + lane]);
                }

                codes.SetProfile(row, column, workspace.Index(group));
                errors[part] += squares[group] * unit * unit;
                group++;
            }

            // Where the super-scale is too small for half precision the weights decode to zeros.
            errors[part] += unit > 0 ? 0 : workspace.Energies[b];
        }
    }

    // Signs of a tile as whole numbers below 2^16, and the squared errors of its groups in normalized weights.
    private static void Code(GroupBlocks<T> workspace, int tile, float* entries, float* inverse, T* words, T* square)
    {
        var profile = stackalloc T[5];
        GroupTile.Gather(entries, Entries, workspace.Indices(tile), profile);
        var profileLevels = new ProfileLevels<T, TPlanes>(profile);
        var reciprocal = T.Load(inverse);
        var signBit = T.Create(-0f);
        T w1 = default, w2 = default, w3 = default, w4 = default, error = default;
        for (var k = 0; k < GroupTile.Size; k++)
        {
            var value = workspace.Values(tile)[k] * reciprocal;
            var level = profileLevels.Nearest(value, signBit, out var minus1, out var minus2, out var minus3, out var minus4);
            var power = T.Create((float)(1 << k));
            w1 += power ^ minus1;
            w2 += power ^ minus2;
            w3 += power ^ minus3;
            w4 += power ^ minus4;
            var distance = value - level;
            error += distance * distance * workspace.Importances(tile)[k];
        }

        // Σ ±2^k over all k is twice the number whose bits are the plus signs, less 2^16 − 1.
        var half = T.Create(0.5f);
        var all = T.Create(AllSigns);
        words[0] = (w1 + all) * half;
        if (TPlanes.Count > 1)
        {
            words[1] = (w2 + all) * half;
        }

        if (TPlanes.Count > 2)
        {
            words[2] = (w3 + all) * half;
        }

        if (TPlanes.Count > 3)
        {
            words[3] = (w4 + all) * half;
        }

        *square = error;
    }
}
