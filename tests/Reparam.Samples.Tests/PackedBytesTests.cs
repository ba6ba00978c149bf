using Reparam.Compression.Tests.PackedBytes;

namespace Reparam.Samples.Tests;

/// <summary>What the builds of the samples pack from the checkpoints in the repository, as their annotations ask, never changes.</summary>
public class PackedBytesTests
{
    [Theory]
    [InlineData("stories260k", "0ac80eea38662eacf501068b10640cdda7b171e01723bf0520c81eb6ef095b50")]
    [InlineData("stories260k-mixed", "82be94457846b5df114af8b339b4120035e2cacfdd2c888aa345675192d8ccb8")]
    [InlineData("stories260k-3bit", "e37a3ddd6931157908291d00a784615749f85d104cc06ca5931485ad7cb82046")]
    [InlineData("stories260k-2bit", "f8f999018ace6048369d5c5c6a5fd2003cd417997b2b365ab98fa87538e5abe6")]
    [InlineData("chargpt", "ea07ea225ece6f8df6654d08b7264c0db1718574c30091742b6d27cf62554cdb")]
    public void A_sample_is_packed_in_the_same_bytes(string name, string hash) =>
        Assert.Equal(hash, PackedContent.Hash(Path.Combine(AppContext.BaseDirectory, name + ".reparam.safetensors")));
}
