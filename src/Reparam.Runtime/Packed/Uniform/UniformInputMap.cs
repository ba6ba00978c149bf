using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The input map of <c>[Uniform(…, Activations = 8)]</c> before a dense weight: the inputs are rounded as those of a coded weight are.</summary>
internal sealed class UniformInputMap : DenseInputMap
{
    public override IReadOnlyList<string> StateNames => UniformInputState.Names;

    public override PackedMatrix Create(DenseMatrix matrix, int first, int rows, int channels, IReadOnlyList<float[]> state)
    {
        var grid = UniformInputState.Read(state[0], state[1]);
        return grid.Channels == 1 || grid.Channels == channels
            ? new InputGridMatrix(matrix, PackedMatrix.Create(matrix, first, rows), grid)
            : throw new ArgumentException($"its inputs have {grid.Channels} grids, expected 1 or one for each of the {channels} input channels");
    }
}
