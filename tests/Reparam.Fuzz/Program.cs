using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Reparam.Fuzz;

var runs = new Option<long>("--runs", "-n") { Description = "Files for each reader.", DefaultValueFactory = _ => 100_000 };
var seed = new Option<int>("--seed", "-s") { Description = "Number of the sequence of files: the same number gives the same files.", DefaultValueFactory = _ => 1 };
var first = new Option<long>("--first") { Description = "Number of the first run." };
var names = new Option<string[]>("--reader", "-r") { Description = "Readers to try; all if left out.", AllowMultipleArgumentsPerToken = true };
names.AcceptOnlyFromAmong([.. AllReaders.Names]);
var repro = new Option<string?>("--repro") { Description = "Read this one file and print what comes of it. Its name starts with that of a reader, or --reader names one.", HelpName = "FILE" };
var outFolder = new Option<string>("--out", "-o") { Description = "Folder for files that fail.", DefaultValueFactory = _ => "fuzz-failures", HelpName = "FOLDER" };
var memory = new Option<long>("--memory-limit") { Description = "Most MB that one run may allocate.", DefaultValueFactory = _ => 500, HelpName = "MB" };
var root = new RootCommand("Mutates good files and feeds them to every reader of the product. Only documented exceptions may come out, in bounded memory. Exit status 1 after a failure.")
{
    runs, seed, first, names, repro, outFolder, memory,
};
root.SetAction((parsed, cancellation) => Task.Run(() =>
{
    // In memory where the system has such a folder: what is read is written anew for each run.
    var work = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"reparam-fuzz-{Environment.ProcessId}")).FullName;
    try
    {
        return parsed.GetValue(repro) is { } file
            ? Repeat(file, parsed.GetValue(names) is [var named, ..] ? named : null, work)
            : Fuzz(parsed, work, cancellation);
    }
    finally
    {
        Directory.Delete(work, recursive: true);
    }
}));
return await root.Parse(args).InvokeAsync();

int Fuzz(ParseResult parsed, string work, CancellationToken cancellation)
{
    var settings = new FuzzSettings(parsed.GetValue(seed), parsed.GetValue(first), parsed.GetValue(runs), parsed.GetValue(memory) * 1_000_000, parsed.GetValue(outFolder));
    Directory.CreateDirectory(settings.Out!);
    Console.Error.WriteLine($"What is being read lies under {work}: after a crash it is the cause.");
    var failures = 0;
    foreach (var name in parsed.GetValue(names) is { Length: > 0 } asked ? asked : AllReaders.Names)
    {
        if (cancellation.IsCancellationRequested)
        {
            break;
        }

        var folder = Path.Combine(work, name);
        var reader = AllReaders.Create(name, folder);
        var result = FuzzDriver.Run(reader, folder, settings, done => Progress(name, done, settings.Runs), cancellation);
        Progress(null, 0, 0);
        Print(name, result);
        failures += result.Failures.Count;
    }

    using var process = Process.GetCurrentProcess();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory of the process {process.PeakWorkingSet64 / 1e6:0} MB, {failures} failures{(failures > 0 ? $" in {settings.Out}" : "")}"));
    return cancellation.IsCancellationRequested ? 130 : failures > 0 ? 1 : 0;
}

static int Repeat(string file, string? named, string work)
{
    var name = named ?? Path.GetFileName(file).Split("--")[0];
    if (!AllReaders.Names.Contains(name))
    {
        Console.Error.WriteLine($"'{name}' is no reader: name one with --reader");
        return 2;
    }

    var reader = AllReaders.Create(name, work);
    var (failure, outcome) = FuzzDriver.Repeat(reader, work, File.ReadAllBytes(file));
    Console.WriteLine(failure?.Detail ?? outcome);
    return failure is null ? 0 : 1;
}

static void Progress(string? name, long done, long total)
{
    if (!Console.IsErrorRedirected)
    {
        Console.Error.Write(name is null ? "\r\e[K" : $"\r{name}: {done}/{total}\e[K");
    }
}

static void Print(string name, ReaderResult result)
{
    var outcomes = string.Join(", ", result.Outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"));
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {result.Runs} runs: {outcomes}; most memory {result.MostMemory.Bytes / 1e6:0.0} MB (run {result.MostMemory.Run}), longest {result.Longest.Time.TotalMilliseconds:0} ms (run {result.Longest.Run})"));
    foreach (var (failure, run) in result.Failures.Values)
    {
        Console.WriteLine($"  run {run}: {failure.Kind} at {failure.Place}: {failure.Detail.Split('\n')[0]}");
    }
}
