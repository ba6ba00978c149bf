using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Assertions that a tensor of ours is TorchSharp's: shape, type and values.</summary>
internal static class Compare
{
    public static void Same(torch.Tensor theirs, Tensor ours, double relative = 0, double absolute = 0, string? because = null)
    {
        Assert.True(theirs.shape.SequenceEqual(ours.Shape.ToArray()), $"{because}: expected shape [{string.Join(", ", theirs.shape)}], found {ours}");
        Assert.True(theirs.dtype.ToString() == ours.Dtype.ToString(), $"{because}: expected {theirs.dtype}, found {ours.Dtype}");
        if (theirs.numel() == 0)
        {
            // TorchSharp cannot copy no elements.
            return;
        }

        // Numbers are compared in double precision, which holds all of them but the largest integers; those are compared as they are.
        var dense = theirs.is_complex() ? theirs.resolve_conj().view_as_real().contiguous() : theirs.contiguous();
        var mine = ours.IsComplex() ? ours.ViewAsReal() : ours;
        switch (ours.Dtype)
        {
            case DType.Float32:
                Close(dense.data<float>().ToArray(), ours.ToArray<float>(), relative, absolute, because);
                break;
            case DType.Int64:
                Equal(dense.data<long>().ToArray(), ours.ToArray<long>(), because);
                break;
            case DType.Bool:
                Equal(dense.data<bool>().ToArray(), ours.ToArray<bool>(), because);
                break;
            default:
                var step = ours.Dtype switch { DType.Float16 => 2 / 1024.0, DType.BFloat16 => 2 / 128.0, _ => 0 };
                var least = ours.Dtype == DType.Float16 ? 6e-8 : 0;
                Close(
                    dense.to_type(torch.float64).data<double>().ToArray(), mine.Double().ToArray<double>(), Math.Max(relative, step),
                    Math.Max(absolute, least), because);
                break;
        }
    }

    public static void Close(float[] expected, float[] found, double relative, double absolute, string? because = null) =>
        Close(Array.ConvertAll(expected, x => (double)x), Array.ConvertAll(found, x => (double)x), relative, absolute, because);

    private static void Equal<T>(T[] expected, T[] found, string? because)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i]!.Equals(found[i]), $"{because}: element {i} of {expected.Length}: expected {expected[i]}, found {found[i]}");
        }
    }

    public static void Close(double[] expected, double[] found, double relative, double absolute, string? because = null)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var (e, f) = (expected[i], found[i]);
            var close = e == f || (double.IsNaN(e) && double.IsNaN(f)) || Math.Abs(e - f) <= absolute + relative * Math.Abs(e);
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
