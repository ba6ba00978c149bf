using System.Reflection;
using System.Text.Json;
using Reparam.Compression;
using Reparam.Compression.Methods;
using Reparam.Conformance.Tests.Methods;

namespace Reparam.Conformance.Tests.PostTraining;

/// <summary>What every post-training method promises.</summary>
public class PostTrainingTests
{
    public static TheoryData<string> Lines => [.. CodingCase.All];

    [Fact]
    public void Every_method_has_its_attribute_and_its_line()
    {
        Assert.Equal(
            FoundMethods.All.Where(typeof(PostTrainingAttribute).IsAssignableFrom).Select(type => type.FullName),
            PostTrainingMethods.All.Select(method => method.Attribute.FullName).Order(StringComparer.Ordinal));
        Assert.All(PostTrainingMethods.All, method => Assert.NotEmpty(MethodCases.Of(FoundMethods.NameOf(method.Attribute))));
        Assert.All(
            PostTrainingMethods.All.SelectMany(method => method.Options.Members), member => Assert.True(member.Help.Length > 0, $"{member.Name} is not explained"));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_error_is_that_of_the_decoded_rows_and_less_than_the_weight(string line)
    {
        var weights = CodingCase.Weights(1);
        foreach (var isCalibrated in new[] { false, true })
        {
            var coded = CodingCase.Encode(CodingCase.Options(line), weights, isCalibrated: isCalibrated);
            var decoded = coded.Matrix.Decode();
            var error = weights.Zip(decoded).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2));
            var norm = weights.Sum(weight => (double)weight * weight);
            Assert.Equal((CodingCase.Rows, CodingCase.Columns), (coded.Matrix.Rows, coded.Matrix.Columns));
            Assert.InRange(coded.SquaredError, error * (1 - 1e-4), error * (1 + 1e-4));
            Assert.InRange(coded.SquaredNorm, norm * (1 - 1e-4), norm * (1 + 1e-4));
            Assert.InRange(error, 0, norm * 0.8);
            Assert.Equal(isCalibrated || coded.SquaredOutputError is not null, coded.SquaredOutputNorm is not null);
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Codes_do_not_depend_on_threads_nor_on_the_run(string line)
    {
        var (options, weights) = (CodingCase.Options(line), CodingCase.Weights(2));
        foreach (var isCalibrated in new[] { false, true })
        {
            var first = CodingCase.Encode(options, weights, isCalibrated: isCalibrated, threads: 1).Matrix.Decode();
            var second = CodingCase.Encode(options, weights, isCalibrated: isCalibrated, threads: 3).Matrix.Decode();
            Assert.True(first.AsSpan().SequenceEqual(second));
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Unusual_weights_are_coded_and_wrong_ones_are_refused(string line)
    {
        var options = CodingCase.Options(line);
        Assert.All(CodingCase.Encode(options, new float[CodingCase.Rows * CodingCase.Columns]).Matrix.Decode(), weight => Assert.Equal(0, weight));
        foreach (var scale in new[] { 1e-30f, 1e30f })
        {
            var weights = CodingCase.Weights(3).Select(weight => weight * scale).ToArray();
            var coded = CodingCase.Encode(options, weights);
            Assert.All(coded.Matrix.Decode(), weight => Assert.True(float.IsFinite(weight)));
            Assert.InRange(coded.SquaredError, 0, coded.SquaredNorm);
        }

        var broken = CodingCase.Weights(4);
        broken[^1] = float.NaN;
        Assert.Contains("'w'", Assert.Throws<NonFiniteWeightException>(() => CodingCase.Encode(options, broken)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Options_come_back_from_their_JSON(string line)
    {
        var options = CodingCase.Options(line);
        using var document = JsonDocument.Parse(options.Json);
        var read = MethodOptions.Read(options.Method, document.RootElement.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value)));
        Assert.Equal(options, read);
        Assert.Equal(options.GetHashCode(), read.GetHashCode());
        Assert.Equal(options.Json, read.Json);
        var typed = MethodOptions.Parse(
            options.Method, document.RootElement.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value.ToString())));
        Assert.Equal(options, typed);
        Assert.Throws<ArgumentException>(() => MethodOptions.Parse(options.Method, [KeyValuePair.Create("nonesuch", "1")]));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Ranges_hold_wherever_options_come_from(string line)
    {
        var options = CodingCase.Options(line);
        var parameters = options.Method.Attribute.GetConstructors().SelectMany(constructor => constructor.GetParameters()).ToArray();
        foreach (var member in options.Method.Options.Members)
        {
            var property = options.Method.Attribute.GetProperty(member.Name, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)!;
            var parameter = parameters.FirstOrDefault(each => string.Equals(each.Name, member.Name, StringComparison.OrdinalIgnoreCase));
            var range = property.GetCustomAttribute<ReparamRangeAttribute>() ?? parameter?.GetCustomAttribute<ReparamRangeAttribute>();
            if (range is null)
            {
                continue;
            }

            foreach (var wrong in new[] { range.Minimum - 1, range.Maximum + 1 })
            {
                var value = Convert.ChangeType(wrong, member.Type, System.Globalization.CultureInfo.InvariantCulture);
                var message = Assert.Throws<ArgumentException>(() => options.With(member.Name, value)).Message;
                Assert.Contains(member.Name, message, StringComparison.OrdinalIgnoreCase);
                Assert.Throws<ArgumentException>(() => options.With([KeyValuePair.Create(member.Name, JsonSerializer.SerializeToElement(value))]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_ladder_rises_and_its_steps_are_legal(string line)
    {
        var options = CodingCase.Options(line);
        var ladder = options.Method.Ladder(options, new LadderLayer("w", CodingCase.Rows, CodingCase.Columns)).ToArray();
        Assert.NotEmpty(ladder);
        Assert.All(ladder, step => Assert.Equal(options.Method, step.Options.Method));
        foreach (var variant in ladder.GroupBy(step => step.Variant))
        {
            var bits = variant.Select(step => options.Method.NominalBits(step.Options)).ToArray();
            Assert.Equal(bits.Order(), bits);
            Assert.True(bits[0] > 0);
        }

        Assert.NotEmpty(options.Method.Describe(options));
    }
}
