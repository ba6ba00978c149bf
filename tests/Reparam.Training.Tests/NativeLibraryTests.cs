using static TorchSharp.torch;

namespace Reparam.Training.Tests;

public class NativeLibraryTests
{
    [Fact]
    public void Libtorch_loads_on_this_machine()
    {
        using var x = ones(3);
        Assert.Equal(3f, x.sum().item<float>());
    }
}
