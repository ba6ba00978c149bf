using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Assertions that a tensor of ours is TorchSharp's: shape, type and values.</summary>
internal static class Compare
{
    public static void Same(torch.Tensor theirs, Tensor ours, double relative = 0, double absolute = 0, string? because = null)
    {
        Assert.Equal(theirs.shape, ours.Shape.ToArray());
        Assert.Equal(theirs.dtype.ToString(), ours.Dtype.ToString());
        if (theirs.numel() == 0)
        {
            // TorchSharp cannot copy no elements.
            return;
        }

        var dense = theirs.contiguous();
        switch (ours.Dtype)
        {
            case DType.Float32:
                Close(dense.data<float>().ToArray(), ours.ToArray<float>(), relative, absolute, because);
                break;
            case DType.Int64:
                Assert.Equal(dense.data<long>().ToArray(), ours.ToArray<long>());
                break;
            default:
                Assert.Equal(dense.data<bool>().ToArray(), ours.ToArray<bool>());
                break;
        }
    }

    public static void Close(float[] expected, float[] found, double relative, double absolute, string? because = null)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var (e, f) = (expected[i], found[i]);
            var close = e == f || (float.IsNaN(e) && float.IsNaN(f)) || Math.Abs((double)e - f) <= absolute + relative * Math.Abs((double)e);
            Assert.True(close, $"{because}: element {i} of {expected.Length}: expected {e:R}, found {f:R}");
        }
    }

    /// <summary>Both results are the same, or both are refused.</summary>
    public static void SameOrRefused(Func<torch.Tensor> theirs, Func<Tensor> ours, double relative = 0, double absolute = 0, string? because = null)
    {
        torch.Tensor? expected = null;
        try
        {
            expected = theirs();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Assert.True(
                Record.Exception(() => ours()) is not null, $"{because}: nothing was refused, but TorchSharp says: {exception.Message.Split('\n')[0]}");
            return;
        }

        var found = ours();
        try
        {
            Same(expected, found, relative, absolute, because);
        }
        catch (Xunit.Sdk.XunitException)
        {
            // TorchSharp does not keep its temporaries alive during a native call, so a collection at that moment spoils its result: it is asked once more.
            Same(theirs(), found, relative, absolute, because);
        }
    }
}
