namespace Reparam.Checkpoints.Tests;

public sealed class DerivedTensors_Tests
{
    [Theory]
    [InlineData("h.0.attn.bias", new long[] { 1, 1, 8, 8 })]
    [InlineData("h.0.attn.masked_bias", new long[0])]
    [InlineData("model.layers.3.self_attn.rotary_emb.inv_freq", new long[] { 32 })]
    [InlineData("embeddings.position_ids", new long[] { 1, 512 })]
    [InlineData("bn1.num_batches_tracked", new long[0])]
    [InlineData("inv_freq", new long[] { 4 })]
    public void A_buffer_that_can_be_computed_is_passed_over(string name, long[] shape) =>
        Assert.NotNull(DerivedTensors.ReasonToIgnore(new TensorInfo(name, DType.F32, [.. shape])));

    [Theory]
    [InlineData("h.0.attn.bias", new long[] { 64 })]
    [InlineData("h.0.attn.bias", new long[] { 1, 1, 8, 4 })]
    [InlineData("conv.bias", new long[] { 8, 8 })]
    [InlineData("wpe.weight", new long[] { 64, 8 })]
    [InlineData("inv_freq.weight", new long[] { 4 })]
    [InlineData("my_inv_freq", new long[] { 4 })]
    [InlineData("position_ids", new long[] { 1, 2, 3 })]
    public void Everything_else_must_match(string name, long[] shape) =>
        Assert.Null(DerivedTensors.ReasonToIgnore(new TensorInfo(name, DType.F32, [.. shape])));

    [Fact]
    public void Only_the_counter_of_batch_normalization_may_be_missing()
    {
        Assert.True(DerivedTensors.MayBeMissing("layer1.0.bn1.num_batches_tracked"));
        Assert.True(DerivedTensors.MayBeMissing("num_batches_tracked"));
        Assert.False(DerivedTensors.MayBeMissing("layer1.0.bn1.running_mean"));
        Assert.False(DerivedTensors.MayBeMissing("num_batches_tracked.weight"));
    }
}
