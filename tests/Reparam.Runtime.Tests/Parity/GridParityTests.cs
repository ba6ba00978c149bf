using Reparam.Runtime;
using TorchSharp;
using Theirs = TorchSharp.torch.nn.functional;

namespace Reparam.Runtime.Tests.Parity;

public class GridParityTests
{
    [Theory]
    [InlineData(GridSampleMode.Bilinear)]
    [InlineData(GridSampleMode.Nearest)]
    public void Samples_agree(GridSampleMode mode)
    {
        foreach (var (input, grid) in new (long[], long[])[]
            { ([2, 3, 5, 7], [2, 4, 6, 2]), ([1, 2, 1, 4], [1, 3, 3, 2]), ([2, 2, 3, 4, 5], [2, 2, 3, 4, 3]) })
        {
            var (image, places) = (Pair.Floats(input, seed: 3), Pair.Floats(grid, seed: 4));
            foreach (var padding in Enum.GetValues<GridSamplePaddingMode>())
            {
                foreach (var align in new bool?[] { null, true, false })
                {
                    Compare.Same(
                        Theirs.grid_sample(image.Theirs, places.Theirs, Enum.Parse<torch.GridSampleMode>(mode.ToString()),
                            Enum.Parse<torch.GridSamplePaddingMode>(padding.ToString()), align),
                        Functional.GridSample(image.Ours, places.Ours, mode, padding, align), 1e-5, 1e-5, $"{mode} {padding} {align}");
                }
            }
        }
    }

    [Fact]
    public void Affine_grids_agree()
    {
        foreach (var align in new[] { true, false })
        {
            foreach (var (theta, size) in new (long[], long[])[] { ([2, 2, 3], [2, 3, 4, 5]), ([1, 2, 3], [1, 1, 1, 3]), ([2, 3, 4], [2, 1, 2, 3, 4]) })
            {
                var pair = Pair.Floats(theta, seed: 5);
                Compare.Same(Theirs.affine_grid(pair.Theirs, size, align), Functional.AffineGrid(pair.Ours, size, align), 1e-5, 1e-5);
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Functional.GridSample(Torch.Zeros(1, 2, 3, 4), Torch.Zeros(1, 3, 3, 3)));
        Assert.Throws<ArgumentException>(() => Functional.GridSample(Torch.Zeros(2, 2, 3, 4), Torch.Zeros(1, 3, 3, 2)));
        Assert.Throws<ArgumentException>(() => Functional.AffineGrid(Torch.Zeros(1, 3, 3), [1, 1, 2, 2]));
    }
}
