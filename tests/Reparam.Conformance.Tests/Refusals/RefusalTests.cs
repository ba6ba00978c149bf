using Reparam.Conformance.Tests.Methods;
using Reparam.Conformance.Tests.Models;

namespace Reparam.Conformance.Tests.Refusals;

/// <summary>What the contracts forbid is an error of the compiler.</summary>
public class RefusalTests
{
    private static readonly (string Code, string Text, ModelCase Model)[] Wrong = [.. OutOfRange(), .. OnOtherLayers(), .. IllegalPairs()];

    private static readonly Lazy<Compiled> Compilation = new(() => new Compiled("Conformance.Refused", Wrong.Select(wrong => wrong.Model.Source)));

    public static TheoryData<string> Ids => [.. Wrong.Select(wrong => wrong.Model.ClassName + ": " + wrong.Model.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void What_a_contract_forbids_has_a_diagnostic(string id)
    {
        var (code, text, model) = Wrong.Single(wrong => id.StartsWith(wrong.Model.ClassName + ":", StringComparison.Ordinal));
        var reports = Compilation.Value.ReportsOf(model.ClassName);
        Assert.True(
            reports.Any(report => report.Code == code && report.Message.Contains(text, StringComparison.Ordinal)),
            $"expected {code} with '{text}', found: {string.Join("; ", reports.Select(report => $"{report.Code} {report.Message}"))}\n{model.Source.Text}");
    }

    private static IEnumerable<(string Code, string Text, ModelCase Model)> OutOfRange() =>
        MethodCases.First.Where(line => FoundMethods.IsOfLayers(line.Attribute))
            .SelectMany(ArgumentText.OutOfRange)
            .Select((wrong, i) => (
                "RP0007", wrong.Argument, new ModelCase([wrong.Case], LayerSample.All.First(s => Applies(wrong.Case, s))) { ClassName = $"Range{i}" }));

    private static IEnumerable<(string Code, string Text, ModelCase Model)> OnOtherLayers() =>
        MethodCases.First.Where(line => FoundMethods.IsOfLayers(line.Attribute))
            .SelectMany(line => LayerSample.All.Where(sample => !Applies(line, sample)).Select(sample => (line, sample)))
            .Select((wrong, i) => ("RP0009", wrong.line.Name, new ModelCase([wrong.line], wrong.sample) { ClassName = $"Layer{i}" }));

    private static IEnumerable<(string Code, string Text, ModelCase Model)> IllegalPairs() =>
        ModelCases.AllPairs.Where(pair => Composition.BrokenRule(pair.Methods) is not null)
            .Select(pair => ("RP0013", Composition.BrokenRule(pair.Methods)!, pair));

    private static bool Applies(MethodCase line, LayerSample sample) => FoundMethods.MethodOf(line.Attribute).Layers.HasFlag(sample.Kind);
}
