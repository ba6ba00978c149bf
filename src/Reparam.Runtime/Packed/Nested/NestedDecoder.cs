using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Nested profiles: the weights of a group are looked up among the 2^bits levels of its profile and multiplied by the unit of their super-block.
/// </summary>
internal sealed unsafe class NestedDecoder<TLanes, TGroup> : RowDecoder
    where TLanes : unmanaged, ILanes<TLanes>
    where TGroup : struct, INestedGroup<TLanes>
{
    private const int TileGroups = TileColumns / NestedMatrix.GroupSize;

    private readonly PlaneCodes codes;
    private readonly AlignedMemory levels;
    private readonly AlignedMemory profiles; // [rows, groups]: where the levels of the group's profile begin, in bytes
    private readonly float[] units;
    private readonly int first;
    private readonly int levelBytes;
    private readonly int superRows;
    private readonly int superGroups;
    private readonly int superBlocks;

    /// <summary>Repacks some neighbouring rows of a matrix.</summary>
    /// <exception cref="ArgumentException">A super-scale is not finite.</exception>
    public NestedDecoder(NestedMatrix matrix, int first, int rows)
    {
        ScaleRange.RequireFinite(matrix.SuperScales.Span, matrix.Table.Step);
        this.first = first;
        (superRows, superBlocks) = (matrix.SuperRows, matrix.SuperBlocks);
        superGroups = superBlocks == 1 ? int.MaxValue / TileGroups * TileGroups : matrix.SuperColumns / NestedMatrix.GroupSize;
        ScaleExponent = matrix.ScaleExponent;
        codes = new PlaneCodes(matrix.Codes, matrix.Bits, matrix.Columns, matrix.Rows * matrix.BytesPerRow, matrix.BytesPerRow, first, rows);

        levelBytes = TGroup.LevelBytes(matrix.Bits);
        levels = new AlignedMemory((long)levelBytes * matrix.Table.Count);
        var largest = WriteLevels(matrix.Table);

        profiles = new AlignedMemory(sizeof(ushort) * (long)rows * codes.Groups);
        for (var row = 0; row < rows; row++)
        {
            var places = (ushort*)profiles.Start + ((nint)row * codes.Groups);
            for (var group = 0; group < matrix.Groups; group++)
            {
                places[group] = (ushort)(matrix.Profile(first + row, group) * levelBytes);
            }
        }

        units = new float[matrix.SuperScales.Length];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = (float)matrix.SuperScales.Span[i] * matrix.Table.Step;
            Bound = Math.Max(Bound, units[i] * largest);
        }
    }

    public override int ScaleExponent { get; }

    public override float Bound { get; }

    public override long Bytes => codes.Bytes + levels.Bytes + profiles.Bytes + (sizeof(float) * (long)units.Length);

    // A super-block is of whole tiles or as wide as the matrix, so a row of a tile has one unit.
    public override bool IsFused => superGroups % TileGroups == 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Decode(int row, int rows, int column, int columns, float factor, float* tile, float* units)
    {
        var group = column / NestedMatrix.GroupSize;
        for (var r = 0; r < rows; r++, tile += TileColumns)
        {
            DecodeRow(row + r, group, columns, tile);
            if (IsFused)
            {
                units[r] = Unit(row + r, group) * factor;
            }
            else
            {
                units[r] = 1;
                MultiplyByUnits(row + r, group, columns, factor, tile);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyAdd(int row, int rows, int columns, float factor, float* x, float* sums)
    {
        // Codes and indices of the rows follow each other, so that only the unit is looked for.
        var narrow = codes.GroupsPerUnit == 4;
        var table = levels.Start;
        var code = codes.Row(row, 0);
        var profile = (ushort*)profiles.Start + ((nint)row * codes.Groups);
        var superRow = (first + row) / superRows;
        var leftRows = ((superRow + 1L) * superRows) - first - row;
        for (var r = 0; r < rows; r++, sums += TLanes.Count)
        {
            ref var unit = ref units[superRow * superBlocks];
            var leftGroups = superGroups;
            var total = TLanes.Load(sums);
            for (var column = 0; column < columns; column += TileColumns)
            {
                var input = x + column;
                var end = x + Math.Min(columns, column + TileColumns);
                var sum = TLanes.Zero;
                for (; !narrow && input < end; code += 16, profile += 2, input += 32)
                {
                    sum = TGroup.MultiplyAdd(code, 0, 4, table + profile[0], input, sum);
                    sum = TGroup.MultiplyAdd(code, 4, 4, table + profile[1], input + 16, sum);
                }

                for (; narrow && input < end; code += 16, profile += 4, input += 64)
                {
                    sum = TGroup.MultiplyAdd(code, 0, 2, table + profile[0], input, sum);
                    sum = TGroup.MultiplyAdd(code, 2, 2, table + profile[1], input + 16, sum);
                    sum = TGroup.MultiplyAdd(code, 4, 2, table + profile[2], input + 32, sum);
                    sum = TGroup.MultiplyAdd(code, 6, 2, table + profile[3], input + 48, sum);
                }

                total = TLanes.MultiplyAdd(sum, TLanes.Create(unit * factor), total);
                leftGroups -= TileGroups;
                if (leftGroups == 0 && column + TileColumns < columns)
                {
                    unit = ref Unsafe.Add(ref unit, 1);
                    leftGroups = superGroups;
                }
            }

            total.Store(sums);
            if (--leftRows == 0)
            {
                superRow++;
                leftRows = superRows;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void DecodeRow(int row, int group, int columns, float* tile)
    {
        var code = codes.Row(row, group);
        var profile = (ushort*)profiles.Start + ((nint)row * codes.Groups) + group;
        var table = levels.Start;
        var end = tile + columns;
        if (codes.GroupsPerUnit == 2)
        {
            for (; tile < end; code += 16, profile += 2, tile += 32)
            {
                TGroup.Decode(code, 0, 4, table + profile[0], tile);
                TGroup.Decode(code, 4, 4, table + profile[1], tile + 16);
            }

            return;
        }

        for (; tile < end; code += 16, profile += 4, tile += 64)
        {
            TGroup.Decode(code, 0, 2, table + profile[0], tile);
            TGroup.Decode(code, 2, 2, table + profile[1], tile + 16);
            TGroup.Decode(code, 4, 2, table + profile[2], tile + 32);
            TGroup.Decode(code, 6, 2, table + profile[3], tile + 48);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void MultiplyByUnits(int row, int group, int columns, float factor, float* tile)
    {
        var past = group % superGroups;
        ref var unit = ref units[(SuperRow(row) * superBlocks) + (group / superGroups)];
        for (var end = tile + columns; tile < end; past++)
        {
            if (past == superGroups)
            {
                past = 0;
                unit = ref Unsafe.Add(ref unit, 1);
            }

            var value = TLanes.Create(unit * factor);
            for (var next = tile + NestedMatrix.GroupSize; tile < next; tile += TLanes.Count)
            {
                (TLanes.Load(tile) * value).Store(tile);
            }
        }
    }

    // What one unit of the table stands for in a group.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Unit(int row, int group) => units[(SuperRow(row) * superBlocks) + (int)((uint)group / (uint)superGroups)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SuperRow(int row) => superRows == 1 ? first + row : (first + row) / superRows;

    // Every level of every profile; the largest magnitude comes back.
    private int WriteLevels(ProfileTable table)
    {
        var largest = 0;
        for (var index = 0; index < table.Count; index++)
        {
            var profile = table.Profile(index);
            for (var code = 0; code < 1 << table.Bits; code++)
            {
                int value = profile[^1];
                for (var bit = 0; bit < table.Bits; bit++)
                {
                    value += ((code >> bit) & 1) != 0 ? -profile[bit] : profile[bit];
                }

                TGroup.WriteLevel(levels.Start + ((long)index * levelBytes), code, value);
                largest = Math.Max(largest, Math.Abs(value));
            }
        }

        return largest;
    }
}
