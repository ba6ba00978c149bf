using Reparam.Checkpoints;

namespace Reparam.Merging.Tests.Engine;

/// <summary>What an operation throws, or gives wrongly, is one error that names the operation and the tensor; nothing is written.</summary>
public sealed class OperationFailureTests : IDisposable
{
    private readonly CheckpointFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Failure.Throws, "RPB0178", "the operation 'failing' failed on tensor 'w': InvalidOperationException: it broke")]
    [InlineData(Failure.ThrowsInBlock, "RPB0178", "the operation 'failing' failed on tensor 'w': InvalidOperationException: it broke")]
    [InlineData(Failure.Nothing, "RPB0178", "the operation 'failing' failed on tensor 'w': Reparam.Merging.Tests.Engine.OperationFailureTests.Failing.Merge in Reparam.Merging.Tests returned nothing")]
    [InlineData(Failure.TooFew, "RPB0178", "the operation 'failing' failed on tensor 'w': it gave 3 values, expected 100000")]
    [InlineData(Failure.Refuses, "RPB0171", "tensor 'w': found 1 input, expected an even number")]
    [InlineData(Failure.NotFinite, "RPB0173", "tensor 'w': the merged value at element 0 is NaN, expected a finite number")]
    public void A_failure_is_told_with_the_operation_and_the_tensor(Failure how, string code, string text)
    {
        CheckpointOperations.Register(new CheckpointOperation(typeof(Failing).GetMethod(nameof(Failing.Merge))!));
        folder.Write("a", DType.F32, ("w", Vectors.Gaussian(100_000, 1, DType.F32)));
        var thrown = Assert.Throws<CheckpointOperationException>(() => folder.Run("failing", ["a"], null, "o", $"how={how}"));
        var problem = Assert.Single(thrown.Problems);
        Assert.Equal((code, text), (problem.Code, problem.Text.Replace('+', '.')));
        Assert.Equal(how is Failure.Throws or Failure.ThrowsInBlock, thrown.InnerException is InvalidOperationException);
        Assert.Throws<CheckpointException>(() => folder.Values("o", "w"));
    }

    // Registered by hand: a whole assembly registers what is visible.
    private static class Failing
    {
        /// <summary>Does what no operation may do.</summary>
        /// <param name="tensor">One tensor in all inputs.</param>
        /// <param name="how">What it does.</param>
        [CheckpointOperation("failing")]
        public static TensorResult Merge(TensorInputs tensor, Failure how = Failure.Throws) => how switch
        {
            Failure.ThrowsInBlock => TensorResult.ByBlock(_ => throw new InvalidOperationException("it broke")),
            Failure.Nothing => null!,
            Failure.TooFew => TensorResult.Whole(new double[3]),
            Failure.Refuses => throw new ArgumentException($"found {tensor?.InputCount} input, expected an even number"),
            Failure.NotFinite => TensorResult.ByBlock(block => block.Result.Fill(double.NaN)),
            _ => throw new InvalidOperationException("it broke"),
        };
    }

    /// <summary>Ways to fail.</summary>
    public enum Failure
    {
        /// <summary>Throws.</summary>
        Throws,

        /// <summary>Throws while a block is computed.</summary>
        ThrowsInBlock,

        /// <summary>Returns null.</summary>
        Nothing,

        /// <summary>Gives too few values.</summary>
        TooFew,

        /// <summary>Refuses an argument.</summary>
        Refuses,

        /// <summary>Gives NaN.</summary>
        NotFinite,
    }
}
