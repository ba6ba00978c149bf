using Reparam.Generators.Common;

namespace Reparam.Generators.Tests;

public class StateNamesTests
{
    [Theory]
    [InlineData("Wq", "wq")]
    [InlineData("W1", "w1")]
    [InlineData("QKVProj", "qkv_proj")]
    [InlineData("Query", "query")]
    [InlineData("TokEmbeddings", "tok_embeddings")]
    [InlineData("FC", "fc")]
    [InlineData("Fc1Out", "fc1_out")]
    [InlineData("LoraA", "lora_a")]
    [InlineData("A", "a")]
    [InlineData("W_Out", "w_out")]
    public void Snake_case_follows_the_one_rule(string property, string expected) => Assert.Equal(expected, StateNames.SnakeCase(property));
}
