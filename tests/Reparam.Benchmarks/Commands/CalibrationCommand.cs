using System.CommandLine;
using System.Globalization;
using Reparam.Benchmarks.Calibration;
using Reparam.Training;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>calibration</c>: what recording the inputs of convolutions costs, and what sampling their places does to the coding.</summary>
internal static class CalibrationCommand
{
    public static Command Create()
    {
        var images = new Option<int>("--images") { Description = "Images to record, of 32 x 32.", DefaultValueFactory = _ => 2000, HelpName = "N" };
        var rows = BenchArguments.List("--rows-per-input", "Samples to try, in rows for each input of a layer.", "16");
        var bits = BenchArguments.List("--bits", "Planes to code the weights with.", "3", "4");
        var command = new Command(
            "calibration", "Records the convolutions of a residual network of 20 layers, sampled and in full, and codes its weights by what was recorded.")
        {
            images, rows, bits,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            PlaceSampling[] samplings =
            [
                .. BenchArguments.Numbers(rows, parsed.GetValue(rows)!, 1, 1_000_000).Select(each => new PlaceSampling { RowsPerInput = each }), PlaceSampling.All,
            ];
            var planes = BenchArguments.Numbers(bits, parsed.GetValue(bits)!, 1, 4).ToArray();
            using var bench = new PlaceSamplingBench(samplings);
            bench.Run(parsed.GetValue(images), cancellation);
            var errors = planes.Select(width => bench.Errors(width, 100, cancellation)).ToArray();
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parsed.GetValue(images)} images; CPU seconds of the forward alone: {bench.ForwardSeconds:0.00}"));
            output.WriteLine($"| places | CPU s with the forward | times the forward |{string.Concat(planes.Select(width => $" output error, {width} planes |"))}");
            output.WriteLine($"|---|---|---|{string.Concat(planes.Select(_ => "---|"))}");
            for (var i = 0; i < samplings.Length; i++)
            {
                var name = samplings[i] == PlaceSampling.All ? "all" : $"sampled, {samplings[i].RowsPerInput} rows an input";
                var found = string.Concat(errors.Select(error => string.Create(CultureInfo.InvariantCulture, $" {error[i]:0.00000} |")));
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {name} | {bench.Seconds[i]:0.00} | {bench.Seconds[i] / bench.ForwardSeconds:0.0} |{found}"));
            }
        })));
        return command;
    }
}
