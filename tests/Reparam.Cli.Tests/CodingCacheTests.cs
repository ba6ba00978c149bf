using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;
using Reparam.Compression.Calibration;

namespace Reparam.Cli.Tests;

/// <summary>Coded weights on the disk: what is coded again, what is not, and that the bytes are the same.</summary>
public sealed class CodingCacheTests : IDisposable
{
    private const int Layers = 40;
    private const int Rows = 24;
    private const int Columns = 96;

    private readonly string folder = Directory.CreateTempSubdirectory("reparam-codings-").FullName;
    private readonly Dictionary<int, int> seeds = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void One_layer_whose_width_changed_is_coded_and_the_others_are_not()
    {
        WriteModel(Layers);
        Build(Layers).Is(coded: Layers, read: 0);
        Build(Layers).Is(coded: 0, read: Layers);
        void Change(JsonNode plan) => LayerOf(plan, 17)["options"]!["bits"] = 4;
        var run = Build(Layers, Change);
        run.Is(coded: 1, read: Layers - 1);
        Assert.Contains("; 1 of 40 layers coded, 39 from the cache", run.Output);
        Assert.Equal(39, run.Output.Split(", from the cache\n").Length - 1);
        Assert.Equal(BuildWithout(Layers, Change), run.Bytes);

        // What the last plan did not use is gone.
        Assert.Equal(Layers, Entries().Length);
    }

    [Fact]
    public void One_layer_whose_weights_changed_is_coded_and_a_new_name_too()
    {
        WriteModel(6);
        Build(6);
        seeds[2] = 1000;
        WriteModel(6);
        var run = Build(6);
        run.Is(coded: 1, read: 5);
        Assert.Equal(BuildWithout(6), run.Bytes);
    }

    [Fact]
    public void Layers_that_share_a_table_are_coded_again_when_one_of_them_changed()
    {
        static void Nested(JsonNode plan) => plan["options"] = new JsonObject { ["layout"] = "nested" };
        WriteModel(4);
        Build(4, Nested).Is(coded: 4, read: 0);
        Build(4, Nested).Is(coded: 0, read: 4);
        seeds[1] = 1000;
        WriteModel(4);
        var run = Build(4, Nested);
        run.Is(coded: 4, read: 0);
        Assert.Equal(BuildWithout(4, Nested), run.Bytes);
    }

    [Fact]
    public void Another_calibration_of_a_layer_codes_that_layer()
    {
        static void Calibrated(JsonNode plan) => plan["calibration"] = "c.safetensors";
        WriteModel(5);
        WriteCalibration(1);
        Build(5, Calibrated).Is(coded: 5, read: 0);
        WriteCalibration(2);
        var run = Build(5, Calibrated);
        run.Is(coded: 1, read: 4);
        Assert.Equal(BuildWithout(5, Calibrated), run.Bytes);
        Build(5, Calibrated).Is(coded: 0, read: 5);
        Build(5).Is(coded: 1, read: 4);
    }

    [Fact]
    public void Measured_codings_serve_another_budget()
    {
        WriteModel(5);
        Build(5, plan => plan["targetBits"] = 3.5);
        static void Change(JsonNode plan) => plan["targetBits"] = 4.5;
        var run = Build(5, Change);
        run.Is(coded: 0, read: 5);
        Assert.Equal(BuildWithout(5, Change), run.Bytes);
    }

    [Fact]
    public void The_number_of_threads_is_no_part_of_the_key()
    {
        WriteModel(3);
        Build(3, plan => plan["threads"] = 1);
        Build(3, plan => plan["threads"] = 2).Is(coded: 0, read: 3);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("header")]
    [InlineData("data")]
    [InlineData("other bytes")]
    [InlineData("other name")]
    [InlineData("later version")]
    public void A_damaged_entry_is_coded_anew_and_told_once(string damage)
    {
        WriteModel(6);
        var bytes = Build(6).Bytes;
        var entries = Entries();
        Array.ForEach(damage == "other bytes" ? [entries[0]] : entries[..3], file => Damage(file, damage, entries[^1]));
        var run = Build(6);
        var expected = damage == "other bytes" ? 1 : 3;
        run.Is(coded: expected, read: 6 - expected);
        Assert.Equal(bytes, run.Bytes);
        Assert.Single(run.Output.Split('\n'), line => line.StartsWith("##note ", StringComparison.Ordinal));
        Assert.Contains("of the cache", run.Output);
        var next = Build(6);
        next.Is(coded: 0, read: 6);
        Assert.DoesNotContain("##note", next.Output);
        Assert.Equal(entries, Entries());
    }

    [Fact]
    public void What_is_not_the_caches_stays_in_its_folder()
    {
        WriteModel(2);
        Build(2);
        string[] others = [In("cache/notes.txt"), In("cache/0123456789abcdef0123456789abcdef.coded")];
        var name = $"{new string('0', 32)}-{new string('f', 32)}.coded";
        string[] own = [In($"cache/{name}"), In($"cache/.{name}.0123456789abcdef.reparam-unfinished")];
        Array.ForEach([.. others, .. own], file => File.WriteAllText(file, "x"));
        Build(2).Is(coded: 0, read: 2);
        Assert.All(others, file => Assert.True(File.Exists(file)));
        Assert.All(own, file => Assert.False(File.Exists(file)));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_note()
    {
        WriteModel(3);
        File.WriteAllText(In("cache"), "a file");
        var run = Build(3);
        run.Is(coded: 3, read: 0);
        Assert.Single(run.Output.Split('\n'), line => line.StartsWith("##note the cache '", StringComparison.Ordinal));
        Assert.Equal(BuildWithout(3), run.Bytes);
    }

    [Fact]
    public void The_compressor_has_a_cache_where_it_is_asked_for()
    {
        WriteModel(3);
        CommandRun Compress(int bits, params string[] more) =>
            CommandRun.Of(CompressCommand.Create(), [In("m.safetensors"), "-o", In("o.safetensors"), "--bits", $"{bits}", .. more]);
        Assert.Equal(0, Compress(3).Status);
        var bytes = File.ReadAllBytes(In("o.safetensors"));
        Assert.DoesNotContain("cache", Compress(3, "--cache", In("cache")).Output);
        var run = Compress(3, "--cache", In("cache"));
        Assert.Contains("; 0 of 3 layers coded, 3 from the cache", run.Output);
        Assert.Equal(bytes, File.ReadAllBytes(In("o.safetensors")));

        // Nothing is removed.
        Compress(2, "--cache", In("cache"));
        Assert.Equal(6, Entries().Length);
    }

    [Fact]
    public void A_worker_that_is_killed_again_and_again_codes_no_finished_layer_twice()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Layers that take long enough for a signal to hit one.
        static void Slow(JsonNode plan) => plan["options"] = new JsonObject { ["quality"] = "best" };
        WriteModel(Layers, 96, 768);
        WritePlan(Layers, plan =>
        {
            Slow(plan);
            plan["cache"] = "cache";
        });
        var random = new Random(42);
        var finished = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var killed = 0;
        for (var round = 0; round < 10; round++)
        {
            killed += RunAndKill(random.Next(1, 4), random) ? 1 : 0;

            // What was there is there, and was not written again.
            var entries = Entries().ToDictionary(file => file, File.GetLastWriteTimeUtc);
            Assert.All(finished, entry => Assert.Equal(entry.Value, entries[entry.Key]));
            finished = entries;
        }

        Assert.InRange(killed, 1, 10);
        Assert.NotEmpty(finished);
        var run = Finish();
        run.Is(coded: Layers - finished.Count, read: finished.Count);
        Assert.Equal(Layers, Entries().Length);
        Assert.Equal(BuildWithout(Layers, Slow), run.Bytes);
        Assert.DoesNotContain(Directory.GetFiles(In("cache")), file => file.EndsWith(".reparam-unfinished", StringComparison.Ordinal));
    }

    // Kills the worker when it has coded so many layers of its own, or a moment later.
    private bool RunAndKill(int layers, Random random)
    {
        using var process = ReparamProcess.Start("build", In("plan.json"));
        var coded = 0;
        while (coded <= layers && process.StandardOutput.ReadLine() is { } line)
        {
            Assert.DoesNotContain("of the cache", line);
            coded += line.StartsWith("##progress", StringComparison.Ordinal) && !line.EndsWith(", from the cache", StringComparison.Ordinal) ? 1 : 0;
        }

        Thread.Sleep(random.Next(20));
        process.Kill();
        process.WaitForExit();
        return process.ExitCode != 0;
    }

    private Run Finish() => new(CommandRun.Of(BuildCommand.Create(), In("plan.json")), In("obj/m.reparam.safetensors"), In("obj/m.report.json"));

    [Fact]
    public void A_pipe_in_the_place_of_an_entry_is_not_waited_for()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteModel(3);
        var bytes = Build(3).Bytes;
        var entry = Entries()[0];
        File.Delete(entry);
        System.Diagnostics.Process.Start("mkfifo", entry).WaitForExit();
        var run = Build(3);
        run.Is(coded: 1, read: 2);
        Assert.Equal(bytes, run.Bytes);
        Assert.Contains("an entry of the cache", run.Output);
        Build(3).Is(coded: 0, read: 3);
    }

    private static void Damage(string file, string damage, string other)
    {
        var bytes = File.ReadAllBytes(file);
        switch (damage)
        {
            case "empty":
                bytes = [];
                break;
            case "cut":
                bytes = bytes[..^7];
                break;
            case "header":
                bytes[20] ^= 1;
                break;
            case "data":
                bytes[^1] ^= 0x80;
                break;
            case "other bytes":
                bytes = File.ReadAllBytes(other);
                break;
            case "other name":
                bytes = File.ReadAllBytes(other);
                Rename();
                return;
            case "later version":
                var record = bytes.AsSpan().IndexOf("reparam.coding\""u8);
                var version = record + bytes.AsSpan(record).IndexOf("version"u8);
                var digit = version + bytes.AsSpan(version).IndexOf((byte)':') + 1;
                Assert.Equal((byte)'1', bytes[digit]);
                bytes[digit] = (byte)'2';
                Rename();
                return;
        }

        File.WriteAllBytes(file, bytes);

        // The right hash, and still not what the key says.
        void Rename()
        {
            File.Delete(file);
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(file)!, $"{Path.GetFileName(file)[..32]}-{hash[..32]}.coded"), bytes);
        }
    }

    private string[] Entries() => Directory.Exists(In("cache"))
        ? [.. Directory.GetFiles(In("cache"), "*-*.coded").Where(file => Path.GetFileName(file)[0] != '.').Order(StringComparer.Ordinal)]
        : [];

    private Run Build(int layers, Action<JsonNode>? change = null)
    {
        WritePlan(layers, plan =>
        {
            change?.Invoke(plan);
            plan["cache"] = "cache";
        });
        return Finish();
    }

    private byte[] BuildWithout(int layers, Action<JsonNode>? change = null)
    {
        WritePlan(layers, plan =>
        {
            change?.Invoke(plan);
            plan["output"] = "plain/m.reparam.safetensors";
            plan["report"] = "plain/m.report.json";
        });
        var run = CommandRun.Of(BuildCommand.Create(), In("plan.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.DoesNotContain("cache", run.Output);
        return File.ReadAllBytes(In("plain/m.reparam.safetensors"));
    }

    private static JsonNode LayerOf(JsonNode plan, int layer) => plan["manifests"]!["Ns.Model"]!["layers"]![layer]!;

    private void WritePlan(int layers, Action<JsonNode> change)
    {
        var manifest = new StringBuilder();
        for (var i = 0; i < layers; i++)
        {
            manifest.Append(i == 0 ? "" : ", ");
            manifest.Append($$"""{ "path": "l{{i}}", "kind": "linear", "method": "shiftadd", "options": { "bits": 3, "groupSize": 32 } }""");
        }

        var plan = JsonNode.Parse(
            $$"""
            {
              "version": 1, "checkpoint": "m.safetensors", "output": "obj/m.reparam.safetensors", "report": "obj/m.report.json",
              "model": "Ns.Model", "threads": 0,
              "manifests": { "Ns.Model": { "version": 1, "root": true, "layers": [{{manifest}}], "children": [] } }
            }
            """)!;
        change(plan);
        File.WriteAllText(In("plan.json"), plan.ToJsonString());
    }

    private void WriteModel(int layers, int rows = Rows, int columns = Columns)
    {
        var writer = new SafetensorsWriter();
        for (var i = 0; i < layers; i++)
        {
            var random = new Random(seeds.GetValueOrDefault(i, i + 1));
            var weights = Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextDouble() + random.NextDouble() - 1)).ToArray();
            writer.Add<float>($"l{i}.weight", [rows, columns], weights);
        }

        writer.Write(In("m.safetensors"));
    }

    private void WriteCalibration(int seed)
    {
        var random = new Random(seed);
        var calibration = new CalibrationWriter();
        var values = new float[Columns * Columns];
        for (var i = 0; i < Columns; i++)
        {
            values[(i * Columns) + i] = 0.5f + (float)random.NextDouble();
        }

        calibration.Add(["l0.weight"], new Gram(Columns, values, 100));
        calibration.Write(In("c.safetensors"));
    }

    private string In(string name) => Path.Combine(folder, name);

    private sealed class Run
    {
        private readonly int coded;
        private readonly int read;

        public Run(CommandRun run, string output, string report)
        {
            Assert.Equal((0, ""), (run.Status, run.Error));
            Output = run.Output.ReplaceLineEndings("\n");
            Bytes = File.ReadAllBytes(output);
            using var json = JsonDocument.Parse(File.ReadAllText(report));
            var totals = json.RootElement.GetProperty("totals");
            (coded, read) = (totals.GetProperty("coded").GetInt32(), totals.GetProperty("fromCache").GetInt32());
            Assert.Equal(read, json.RootElement.GetProperty("layers").EnumerateArray().Count(layer => layer.TryGetProperty("cached", out _)));
        }

        public string Output { get; }

        public byte[] Bytes { get; }

        public void Is(int coded, int read) => Assert.Equal((coded, read), (this.coded, this.read));
    }
}
