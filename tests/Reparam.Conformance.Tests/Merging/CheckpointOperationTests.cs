using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Merging;
using Reparam.Merging.Engine;

namespace Reparam.Conformance.Tests.Merging;

/// <summary>What every checkpoint operation promises, with its default options.</summary>
public sealed class CheckpointOperationTests : IDisposable
{
    private static readonly long[] Shape = [5, 7];

    private readonly TestFolder folder = new();

    public static TheoryData<string> Operations => [.. CheckpointOperations.All.Select(operation => operation.Name)];

    public static TheoryData<string> Ranges =>
    [
        .. CheckpointOperations.All.SelectMany(operation =>
            operation.Options.Where(option => option.Range is not null).Select(option => $"{operation.Name} {option.Name}")),
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Operations))]
    public void An_operation_and_its_options_are_explained(string name)
    {
        var operation = CheckpointOperations.Find(name)!;
        Assert.NotEmpty(operation.Summary);
        Assert.All(operation.Options, option => Assert.NotEmpty(option.Help));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Equal_inputs_come_out_as_they_are(string name)
    {
        var report = OperationRunner.Run(Request(name, Write("a", 1), Write("b", 1), Write("base", 1)));
        Assert.Equal(["bias", "weight"], report.Merged.AsEnumerable());
        using var merged = Checkpoint.Open(report.Written!);
        using var input = Checkpoint.Open(folder["a"]);
        Assert.Equal(input.Names.Order(StringComparer.Ordinal), merged.Names.Order(StringComparer.Ordinal));
        foreach (var tensor in report.Merged)
        {
            Assert.Equal(input.Info(tensor).Shape.ToArray(), merged.Info(tensor).Shape.ToArray());
            Assert.All(
                input.ReadArray<float>(tensor).Zip(merged.ReadArray<float>(tensor)), pair => Assert.InRange(pair.Second, pair.First - 1e-6f, pair.First + 1e-6f));
        }

        Assert.Equal(input.ReadArray<long>("steps"), merged.ReadArray<long>("steps"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_result_says_what_it_was_made_from_and_does_not_depend_on_threads(string name)
    {
        var request = Request(name, Write("a", 1), Write("b", 2), Write("base", 3));
        OperationRunner.Run(request with { Threads = 1 });
        var bytes = File.ReadAllBytes(folder["out"]);
        using (var merged = Checkpoint.Open(folder["out"]))
        {
            using var provenance = System.Text.Json.JsonDocument.Parse(merged.Metadata["reparam.merge"]);
            Assert.Equal(name, provenance.RootElement.GetProperty("method").GetString());
            Assert.Equal(2, provenance.RootElement.GetProperty("inputs").GetArrayLength());
            Assert.Equal(CheckpointOperations.Find(name)!.Options.Length, provenance.RootElement.GetProperty("options").EnumerateObject().Count());
            Assert.All(merged.ReadArray<float>("weight"), value => Assert.True(float.IsFinite(value)));
        }

        OperationRunner.Run(request with { Threads = 3 });
        Assert.Equal(bytes, File.ReadAllBytes(folder["out"]));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Checkpoints_that_do_not_fit_are_refused_before_the_first_byte(string name)
    {
        var (a, reference) = (Write("a", 1), Write("base", 3));
        Refused(Request(name, a, Write("shape", 2, shape: [7, 5]), reference), "weight");
        Refused(Request(name, a, Write("missing", 2, bias: null), reference), "bias");
        Refused(Request(name, a, Write("stranger", 2, bias: "bias2"), reference), "bias2");
        Refused(Request(name, a, Write("b", 2), reference) with { Options = [new("nonesuch", "1")] }, "nonesuch");
        var needsBase = CheckpointOperations.Find(name)!.NeedsBase;
        Refused(Request(name, a, Write("b", 2), reference) with { Base = needsBase ? null : reference }, "base");
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_value_out_of_its_range_is_refused(string place)
    {
        var (name, option) = (place.Split(' ')[0], place.Split(' ')[1]);
        var range = CheckpointOperations.Find(name)!.Options.Single(each => each.Name == option).Range!;
        var wrong = range.Minimum - 1 < range.Minimum ? range.Minimum - 1 : range.Maximum + 1;
        var request = Request(name, Write("a", 1), Write("b", 2), Write("base", 3));
        Refused(request with { Options = [new(option, wrong.ToString("R", System.Globalization.CultureInfo.InvariantCulture))] }, option);
    }

    private void Refused(OperationRequest request, string expected)
    {
        Assert.Contains(expected, Assert.Throws<CheckpointOperationException>(() => OperationRunner.Run(request)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out"]));
    }

    private OperationRequest Request(string name, string first, string second, string reference) => new()
    {
        Operation = name,
        Inputs = [first, second],
        Base = CheckpointOperations.Find(name)!.NeedsBase ? reference : null,
        Output = folder["out"],
    };

    private string Write(string name, int seed, long[]? shape = null, string? bias = "bias")
    {
        var random = new Random(seed);
        float[] Values(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() * 2) - 1)];
        var writer = new SafetensorsWriter();
        writer.Add<float>("weight", shape ?? Shape, Values(35));
        if (bias is not null)
        {
            writer.Add<float>(bias, [5], Values(5));
        }

        writer.Add<long>("steps", [1], new long[] { 7 });
        writer.Write(folder[name]);
        return folder[name];
    }
}
