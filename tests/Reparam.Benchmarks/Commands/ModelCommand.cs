using System.CommandLine;
using System.Globalization;
using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Models;
using Reparam.Checkpoints.Packed;
using Reparam.Cli.Commands;
using Reparam.Compression.Diagnostics;
using Reparam.Runtime;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>model</c>: how fast a decoder of the Llama architecture decodes, what reading its weights would allow, and where its time goes.</summary>
internal static class ModelCommand
{
    private const int MaxSize = 1 << 20;

    public static Command Create()
    {
        var layers = Number("--layers", "Blocks.", 12, 1, MaxSize);
        var width = Number("--width", "Width of the residual stream.", 768, 1, MaxSize);
        var heads = Number("--heads", "Query heads.", 12, 1, MaxSize);
        var keyValueHeads = Number("--kv-heads", "Key and value heads; 0 for as many as query heads.", 0, 0, MaxSize);
        var hidden = Number("--hidden", "Width inside the feed-forward network.", 2048, 1, MaxSize);
        var vocabulary = Number("--vocabulary", "Tokens; the classifier shares the embedding.", 32000, 1, MaxSize);
        var bits = Number("--bits", "Planes.", 3, 1, PlanesMatrix.MaxBits);
        var layout = Format("--layout", "row, column, block8, nested or codebook.", BinaryFormat.Row.Name);
        var groupSize = Number("--group-size", "Weights that share a set of scales; 0 for a row.", 128, 0, MaxSize);
        var precision = Choice<KernelPrecision>("--precision", "default, exact or fast; what REPARAM_PRECISION says if left out.", null);
        var file = new Option<string?>("--file") { Description = "Measure the model of this file, with StoryTeller's names and sizes in its metadata, instead of a random one.", HelpName = "FILE" };
        var prompt = Number("--prompt", "Tokens of the prompt whose first token is timed.", 128, 1, MaxSize);
        var depth = Number("--depth", "Tokens of the sequence before decoding begins.", 0, 0, MaxSize);
        var tokens = Number("--tokens", "Tokens to decode.", 128, 1, MaxSize);
        var samples = Number("--samples", "Samples of the time of a token; a tenth of them of the first token.", 100, 1, MaxSize);
        var threads = Number("--threads", "Threads; what REPARAM_THREADS says, or all processors, if left out.", null, 1, MaxSize);
        var json = new Option<bool>("--json") { Description = "One JSON object instead of text." };
        var markdown = new Option<bool>("--markdown") { Description = "Tables of Markdown instead of text." };
        var command = new Command("model", "Decodes with a random packed model and prints tokens a second beside what reading its weights allows, and where the time goes.")
        {
            layers, width, heads, keyValueHeads, hidden, vocabulary, bits, layout, groupSize, precision, file, prompt, depth, tokens, samples, threads, json, markdown,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            if (parsed.GetValue(threads) is { } number)
            {
                BenchArguments.UseThreads(number);
            }

            var (before, behind, count) = (parsed.GetValue(prompt)!.Value, parsed.GetValue(depth)!.Value, parsed.GetValue(tokens)!.Value);
            var longest = Math.Max(before, behind + count);
            var (decoder, weights) = parsed.GetValue(file) is { } path ? Load(path) : Random();
            if (longest > decoder.Sizes.Context)
            {
                throw Invalid($"a sequence of {longest} tokens is longer than the model's {decoder.Sizes.Context}");
            }

            var report = new ModelBenchmark(decoder, before, behind, count, PackedKernels.Threads, parsed.GetValue(samples)!.Value).Run(cancellation);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                ModelReportText.WriteJson(output, weights, report);
            }
            else
            {
                ModelReportText.Write(output, weights, report, parsed.GetValue(markdown));
            }

            (Decoder Decoder, string Weights) Random()
            {
                int Of(Option<int?> option) => parsed.GetValue(option)!.Value;
                var sizes = new DecoderSizes(
                    Of(layers), Of(width), Of(heads), Of(keyValueHeads) == 0 ? Of(heads) : Of(keyValueHeads), Of(hidden), Of(vocabulary), Math.Max(1024, longest));
                if (sizes.Problem() is { } problem)
                {
                    throw Invalid(problem);
                }

                if (parsed.GetValue(layout) == BinaryFormat.Block8.Name && Of(groupSize) % 8 != 0)
                {
                    throw Invalid($"groupSize is {Of(groupSize)}; the block8 layout takes multiples of 8");
                }

                var chosen = new DecoderWeights(parsed.GetValue(layout)!, Of(bits), Of(groupSize), parsed.GetValue(precision) ?? PackedKernels.Precision);
                return (chosen.Make(sizes), chosen.ToString());
            }
        })));
        return command;
    }

    private static (Decoder Decoder, string Weights) Load(string path)
    {
        var decoder = new Decoder(DecoderSizes.Of(CheckpointConfig.Open(path)));
        CheckpointLoader.Load(decoder, path);
        return (decoder, $"from {Path.GetFileName(path)}, {PackedKernels.Precision.ToString().ToLowerInvariant()} precision");
    }

    private static Option<int?> Number(string name, string description, int? standard, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        HelpName = "N",
        CustomParser = result => int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Refused<int?>(result, $"{name} is {result.Tokens[0].Value}; it takes a whole number from {least} to {most}"),
    };

    private static Option<string> Format(string name, string description, string standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        HelpName = "NAME",
        CustomParser = result => RandomMatrix.Formats.Contains(result.Tokens[0].Value.ToLowerInvariant())
            ? result.Tokens[0].Value.ToLowerInvariant()
            : Refused<string>(result, $"{name} is {result.Tokens[0].Value}; it takes one of {string.Join(", ", RandomMatrix.Formats)}"),
    };

    private static Option<T?> Choice<T>(string name, string description, T? standard)
        where T : struct, Enum => new(name)
        {
            Description = description,
            DefaultValueFactory = _ => standard,
            HelpName = "NAME",
            CustomParser = result => Enum.TryParse<T>(result.Tokens[0].Value, ignoreCase: true, out var value) && !int.TryParse(result.Tokens[0].Value, out _)
                ? value
                : Refused<T?>(result, $"{name} is {result.Tokens[0].Value}; it takes {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}"),
        };

    private static T Refused<T>(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return default!;
    }

    private static CompressionException Invalid(string text) => new("bench", CompressionDiagnostics.InvalidOption.With(text));
}
