using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Tensors of arrays and other tensors, and small questions.</summary>
public class ConvenienceTests
{
    [Fact]
    public void Arrays_become_tensors()
    {
        Array[] arrays =
        [
            new[] { 1f, 2f }, new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, new long[2, 1, 2], new[] { 1, -2 }, new short[] { 3 }, new sbyte[] { -3 },
            new byte[] { 200 }, new[] { true, false },
        ];
        foreach (var values in arrays)
        {
            Compare.Same(torch.from_array(values), Torch.FromArray(values), because: values.GetType().Name);
        }
    }

    [Fact]
    public void Arrays_are_converted() =>
        Compare.Same(torch.from_array(new[] { 1.9, -2.5 }, torch.int32), Torch.FromArray(new[] { 1.9, -2.5 }, DType.Int32));

    [Fact]
    public void What_a_tensor_has_no_elements_of_is_refused() => Assert.Throws<ArgumentException>(() => Torch.FromArray(new[] { "1" }));

    [Fact]
    public void Tensors_are_converted_by_name()
    {
        var pair = Pair.Floats([3], seed: 1, scale: 9);
        Compare.Same(torch.LongTensor(pair.Theirs), Torch.LongTensor(pair.Ours));
        Compare.Same(torch.IntTensor(pair.Theirs), Torch.IntTensor(pair.Ours));
        Compare.Same(torch.ShortTensor(pair.Theirs), Torch.ShortTensor(pair.Ours));
        Compare.Same(torch.BoolTensor(pair.Theirs), Torch.BoolTensor(pair.Ours));
        Compare.Same(torch.DoubleTensor(pair.Theirs), Torch.DoubleTensor(pair.Ours));
        Compare.Same(torch.FloatTensor(pair.Theirs), Torch.FloatTensor(pair.Ours));
        var small = pair.Map(t => t.abs(), t => t.Abs());
        Compare.Same(torch.ByteTensor(small.Theirs), Torch.ByteTensor(small.Ours));
    }

    [Fact]
    public void Dimensions_are_added()
    {
        var (x, y) = (Pair.Floats([], 1), Pair.Floats([2, 3], 2));
        foreach (var (theirs, ours) in torch.atleast_3d(x.Theirs, y.Theirs).Zip(Torch.Atleast3d(x.Ours, y.Ours)))
        {
            Compare.Same(theirs, ours);
        }

        Assert.Equal([1, 2], Torch.Atleast1d(x.Ours, y.Ours).Select(tensor => tensor.Ndim));
        Assert.Equal([2, 2], Torch.Atleast2d(x.Ours, y.Ours).Select(tensor => tensor.Ndim));
    }

    [Fact]
    public void A_tensor_describes_itself_as_in_TorchSharp()
    {
        foreach (var pair in new[] { Pair.Floats([2, 3]), Pair.Floats([]), Pair.Integers([4]) })
        {
            Assert.Equal(pair.Theirs.ToString(TorchSharp.TensorStringStyle.Metadata), pair.Ours.ToString());
        }
    }

    [Fact]
    public void Conditions_and_settings()
    {
        Torch.Assert(true, "never");
        Assert.Equal("said", Assert.Throws<InvalidOperationException>(() => Torch.Assert(() => false, "said")).Message);
        Torch.SetDefaultDtype(DType.Float32);
        Assert.Throws<NotSupportedException>(() => Torch.SetDefaultDtype(DType.Float64));
        Assert.True(Torch.IsTensor(Torch.Ones(1)));
        Assert.True(Torch.GetNumThreads() >= 1);
        Assert.Equal([2f, 2f], Torch.WrappedTensorDisposeScope(() => Torch.Ones(2).Add(Torch.Ones(2))).ToArray<float>());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Rows_of_an_embedding_are_shortened_to_the_largest_norm(double norm)
    {
        var (theirs, ours) = (torch.nn.Embedding(6, 4, max_norm: 0.8, norm_type: norm), Nn.Embedding(6, 4, max_norm: 0.8, norm_type: norm));
        LayerPair.Share(theirs, ours);
        long[] places = [0, 5, 5, 2, 3];
        Compare.Same(theirs.call(torch.tensor(places)), ours.Call(Torch.Tensor(places)), 1e-5, 1e-6);
    }
}
