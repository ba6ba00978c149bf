// Makes the calibration file for which the build codes the encoder's weights: the float model reads texts under TorchSharp, and the second moments of what
// each layer sees are recorded.
using System.Diagnostics;
using System.IO.Compression;
using Microsoft.ML.Tokenizers;
using Reparam.Training;
using SemanticSearch;
using static TorchSharp.torch;

const int MaxTokens = 128;
const int FewestTokens = 8;
const int Batch = 32;
if (args is not [var checkpoint, var vocabulary, var output, var most, .. var places] || !int.TryParse(most, out var count) || count < 1 || places.Length == 0)
{
    Console.Error.WriteLine("usage: SemanticSearch.Calibrator CHECKPOINT VOCABULARY OUTPUT PASSAGES TEXT…");
    return 1;
}

var begin = Stopwatch.GetTimestamp();
using var words = File.OpenRead(vocabulary);
var tokenizer = BertTokenizer.Create(words);
var read = places.SelectMany(Passages).Select(text => tokenizer.EncodeToIds(text, MaxTokens, out _, out _).ToArray());
int[][] all = [.. read.Where(own => own.Length >= FewestTokens)];
int[][] chosen = all.Length <= count ? all : [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];

// Batches of one length: what is padded would be recorded too.
var lengths = chosen.GroupBy(own => own.Length / FewestTokens * FewestTokens);
int[][][] batches = [.. lengths.SelectMany(group => group.Select(own => own[..group.Key]).Chunk(Batch))];
using var model = new SentenceEncoder(new BertConfig());
model.LoadSafetensors(checkpoint);
model.eval();
using var recorder = CalibrationRecorder.Attach(model);
var tokens = 0;
foreach (var batch in batches)
{
    using var noGrad = no_grad();
    using var scope = NewDisposeScope();
    var length = batch[0].Length;
    model.call(tensor(batch.SelectMany(own => own).Select(token => (long)token).ToArray(), [batch.Length, length]), ones(batch.Length, length));
    tokens += batch.Length * length;
}

recorder.Save(output, checkpoint);
Console.WriteLine($"{Path.GetFileName(output)}: {chosen.Length} passages, {tokens:N0} tokens, {Stopwatch.GetElapsedTime(begin).TotalSeconds:F0} s");
return 0;

// Of a text file, which may be compressed.
static IEnumerable<string> Passages(string place)
{
    if (Path.GetExtension(place) != ".gz")
    {
        return Passage.Read(place).Select(passage => passage.Text);
    }

    var plain = Path.GetTempFileName();
    try
    {
        using (var source = new GZipStream(File.OpenRead(place), CompressionMode.Decompress))
        using (var target = File.Create(plain))
        {
            source.CopyTo(target);
        }

        return [.. Passage.Read(plain).Select(passage => passage.Text)];
    }
    finally
    {
        File.Delete(plain);
    }
}
