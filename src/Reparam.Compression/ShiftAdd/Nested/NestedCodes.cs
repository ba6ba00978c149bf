using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>The parts of a <see cref="NestedMatrix"/> while they are written. Different groups and blocks may be written at the same time.</summary>
internal sealed class NestedCodes
{
    private readonly NestedShape shape;
    private readonly ProfileTable table;
    private readonly int bytesPerRow;
    private readonly byte[] signs;
    private readonly ushort[] profiles;
    private readonly Half[] scales;

    /// <summary>Allocates the arrays.</summary>
    public NestedCodes(NestedShape shape, ProfileTable table)
    {
        this.shape = shape;
        this.table = table;
        bytesPerRow = (shape.Columns - 1) / 8 + 1;
        signs = new byte[checked(table.Bits * shape.Rows * bytesPerRow)];
        profiles = new ushort[checked(shape.Rows * shape.Groups)];
        scales = new Half[shape.Bands * shape.BlocksOfBand];
    }

    /// <summary>Sets the super-scale of a block.</summary>
    public void SetScale(int block, float scale) => scales[block] = (Half)scale;

    /// <summary>Sets the profile of a group.</summary>
    public void SetProfile(int row, int column, int profile) => profiles[row * shape.Groups + column / GroupTile.Size] = (ushort)profile;

    /// <summary>Sets the signs of a group in one plane; bits past the last column are dropped.</summary>
    public void SetSigns(int plane, int row, int column, int word)
    {
        var length = Math.Min(GroupTile.Size, shape.Columns - column);
        word &= (1 << length) - 1;
        var place = (plane * shape.Rows + row) * bytesPerRow + column / 8;
        signs[place] = (byte)word;
        if (length > 8)
        {
            signs[place + 1] = (byte)(word >> 8);
        }
    }

    /// <summary>The matrix of what was written.</summary>
    public NestedMatrix Matrix(int scaleExponent) => new(
        shape.Rows, shape.Columns, table, shape.SuperRows, shape.SuperColumns, scaleExponent, signs, PackedProfiles(), scales);

    private byte[] PackedProfiles()
    {
        var packed = new byte[NestedMatrix.ProfileBytes(shape.Rows, shape.Columns, table.IndexBits)];
        ulong pending = 0;
        var used = 0;
        var next = 0;
        foreach (var profile in profiles)
        {
            pending |= (ulong)profile << used;
            for (used += table.IndexBits; used >= 8; used -= 8, pending >>= 8)
            {
                packed[next++] = (byte)pending;
            }
        }

        if (used > 0)
        {
            packed[next] = (byte)pending;
        }

        return packed;
    }
}
