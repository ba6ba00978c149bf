using System.CommandLine;
using System.Globalization;
using Microsoft.ML.Tokenizers;
using Reparam.Benchmarks.Peers;
using Reparam.Benchmarks.Sentences;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>sentences</c>: the encoder of the sample SemanticSearch beside ONNX Runtime, on one thread.</summary>
internal static class SentencesCommand
{
    private const int MaxTokens = 256;

    public static Command Create()
    {
        var model = new Option<string>("--model")
        {
            Description = "Folder with minilm.onnx, minilm.safetensors and vocab.txt, as the build of the sample makes it.",
            DefaultValueFactory = _ => Path.Combine("samples", "SemanticSearch", "obj", "minilm"),
            HelpName = "FOLDER",
        };
        var packed = new Option<string[]>("--packed")
        {
            Description = "Packed checkpoints. By default that of the sample's Release build.",
            DefaultValueFactory = _ => [Path.Combine("samples", "SemanticSearch", "bin", "Release", "net10.0", "minilm.reparam.safetensors")],
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };
        var text = new Option<string>("--text")
        {
            Description = "A text file, .gz too, or a folder with .md and .txt files.", DefaultValueFactory = _ => "docs", HelpName = "PLACE",
        };
        var passages = new Option<bool>("--passages") { Description = "Passages of up to 90 words, as the sample searches, instead of sentences." };
        var count = new Option<int>("--count") { Description = "Texts, at most.", DefaultValueFactory = _ => 400, HelpName = "N" };
        var rounds = new Option<int>("--rounds") { Description = "How often each batch is timed.", DefaultValueFactory = _ => 5, HelpName = "N" };
        var sizes = BenchArguments.List("--batch", "Texts of a batch.", "1", "32");
        var only = BenchArguments.List("--only", "Parts of names: encoders that are measured beside the first one.");
        var command = new Command(
            "sentences", "Encodes texts with the sample SemanticSearch and with ONNX Runtime, one thread each, and prints speed, bytes and likeness.")
        {
            model, packed, text, passages, count, rounds, sizes, only,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            BenchArguments.UseThreads(1);
            var folder = parsed.GetValue(model)!;
            foreach (var file in (IEnumerable<string>)[Path.Combine(folder, "minilm.onnx"), .. parsed.GetValue(packed)!])
            {
                if (!File.Exists(file))
                {
                    throw BenchArguments.Invalid($"found no {file}; build samples/SemanticSearch in Release, or name the file");
                }
            }

            var texts = SentenceTexts.Read(parsed.GetValue(text)!, parsed.GetValue(passages), Math.Max(11, parsed.GetValue(count)));
            using var words = File.OpenRead(Path.Combine(folder, "vocab.txt"));
            var tokenizer = BertTokenizer.Create(words);
            int[][] tokens = [.. texts.Select(line => tokenizer.EncodeToIds(line, MaxTokens, out _, out _).ToArray())];
            var encoders = Encoders(folder, parsed.GetValue(packed)!, parsed.GetValue(only)!);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}; {MachineFacts.Read().Line()}; ONNX Runtime {OnnxProduct.Version}");
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{texts.Length} texts of {parsed.GetValue(text)}, {tokens.Average(own => own.Length):0.0} tokens on average"));
            try
            {
                foreach (var size in BenchArguments.Numbers(sizes, parsed.GetValue(sizes)!, 1, 1024))
                {
                    var lines = new SentenceBench(encoders, Math.Max(1, parsed.GetValue(rounds))).Run(SentenceBatch.Of(tokens, size), cancellation);
                    output.WriteLine($"\nbatches of {size}\n\n{SentenceLine.Head}");
                    foreach (var line in lines)
                    {
                        output.WriteLine(line.Text());
                    }
                }
            }
            finally
            {
                encoders.ForEach(encoder => encoder.Dispose());
            }
        })));
        return command;
    }

    private static List<ISentenceEncoder> Encoders(string folder, string[] packed, string[] only)
    {
        var (onnx, weights) = (Path.Combine(folder, "minilm.onnx"), Path.Combine(folder, "minilm.safetensors"));
        var makers = new List<(string Name, Func<string, ISentenceEncoder> Make)>
        {
            ("ONNX Runtime, float32", name => new OnnxSentenceEncoder(name, onnx, bytes: false)),
            ("ONNX Runtime, int8", name => new OnnxSentenceEncoder(name, onnx, bytes: true)),
            ("twin, float32", name => new TwinSentenceEncoder(name, weights, KernelPrecision.Default)),
        };
        foreach (var file in packed)
        {
            foreach (var precision in (KernelPrecision[])[KernelPrecision.Default, KernelPrecision.Fast])
            {
                var label = packed.Length == 1 ? "packed" : Path.GetFileName(file).Replace(".reparam.safetensors", "", StringComparison.Ordinal);
                makers.Add(($"{label}, {precision.ToString().ToLowerInvariant()}", name => new TwinSentenceEncoder(name, file, precision)));
            }
        }

        return [.. makers.Where((maker, i) => i == 0 || only.Length == 0 || only.Any(maker.Name.Contains)).Select(maker => maker.Make(maker.Name))];
    }
}
