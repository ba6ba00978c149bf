namespace Reparam.Zoo.Tests;

/// <summary>The models of the zoo against what <c>docs/zoo.md</c> says of them.</summary>
public class Zoo_Tests
{
    public static TheoryData<string> Models => [.. ZooModel.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_page_says_how_far_a_model_comes(string name)
    {
        var row = ZooPage.RowOf(ZooRun.Of(ZooModel.All.Single(model => model.Name == name)));
        if (ZooPage.IsUpdated)
        {
            ZooPage.Read().Write(row);
        }

        Assert.Equal(ZooPage.Read()[name], row);
    }

    [Fact]
    public void The_page_has_a_row_for_each_model_and_their_sum()
    {
        var models = ZooModel.All.Select(model => model.Name).ToArray();
        if (ZooPage.IsUpdated)
        {
            ZooPage.Read().Keep(models);
        }
        else
        {
            Assert.All(models, model => Assert.True(ZooPage.Read()[model] is not null, $"{model} has no row; {ZooPage.Update}=1 writes it"));
        }

        Assert.Equal(ZooPage.Read().Render(), ZooPage.Text);
    }
}
