using System.Diagnostics;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz;

/// <summary>Feeds mutated files to a reader. Each run depends on its number and the seed alone, so that any of them can be repeated by itself.</summary>
internal static class FuzzDriver
{
    // What a thread has by default on Windows; deep recursion shows here before it does on Linux.
    private const int StackBytes = 1 << 20;

    /// <summary>Runs a reader, on a thread with a small stack.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="folder">Folder for the file that is being read. After a crash of the process it holds the file that was the cause.</param>
    /// <param name="settings">How many runs.</param>
    /// <param name="progress">Told the number of runs so far, now and then.</param>
    /// <param name="cancellation">Ends the runs; the result holds what was done.</param>
    public static ReaderResult Run(FuzzReader reader, string folder, FuzzSettings settings, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        var result = new ReaderResult();
        var path = Path.Combine(folder, reader.FileName);
        OnThread(() =>
        {
            foreach (var seed in reader.Seeds)
            {
                File.WriteAllBytes(path, seed.Bytes);
                reader.Read(path);
            }

            for (var run = settings.First; run < settings.First + settings.Runs && !cancellation.IsCancellationRequested; run++)
            {
                One(reader, path, settings, run, result);
                if (result.Runs % 256 == 0)
                {
                    progress?.Invoke(result.Runs);
                }
            }
        });
        return result;
    }

    /// <summary>Reads one file.</summary>
    /// <returns>What was wrong; null if it was read or refused as documented. The outcome is <c>read</c>, or what the exception said.</returns>
    public static (Failure? Failure, string Outcome) Repeat(FuzzReader reader, string folder, byte[] file)
    {
        var path = Path.Combine(folder, reader.FileName);
        File.WriteAllBytes(path, file);
        Exception? caught = null;
        OnThread(() => caught = Catch(() => reader.Read(path)));
        return (caught is null || IsDocumented(reader, caught) ? null : Failure.Of(caught), caught is null ? "read" : $"{caught.GetType().Name}: {caught.Message}");
    }

    /// <summary>The file of a run.</summary>
    public static byte[] FileOf(FuzzReader reader, int seed, long run)
    {
        var mixed = unchecked(((ulong)seed * 0x9E3779B97F4A7C15) ^ ((ulong)(run + 1) * 0xC2B2AE3D27D4EB4F));
        foreach (var letter in reader.Name)
        {
            mixed = unchecked((mixed ^ letter) * 0x100000001B3);
        }

        return Mutator.Mutate(new Random((int)(mixed ^ (mixed >> 32))), reader.Container, reader.Seeds);
    }

    private static void One(FuzzReader reader, string path, FuzzSettings settings, long run, ReaderResult result)
    {
        var file = FileOf(reader, settings.Seed, run);
        File.WriteAllBytes(path, file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var caught = Catch(() => reader.Read(path));
        var time = Stopwatch.GetElapsedTime(start);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        result.Add(run, caught?.GetType().Name ?? "read", bytes, time);
        var failure = caught is not null && !IsDocumented(reader, caught) ? Failure.Of(caught)
            : bytes > settings.MemoryLimit ? new Failure("Memory", $"{caught?.GetType().Name ?? "read"}", $"{bytes} bytes were allocated")
            : null;
        if (failure is not null && result.Failures.TryAdd((failure.Kind, failure.Place), (failure, run)) && settings.Out is not null)
        {
            File.WriteAllBytes(Path.Combine(settings.Out, failure.FileName(reader, settings.Seed, run)), file);
        }
    }

    private static bool IsDocumented(FuzzReader reader, Exception exception) => reader.Documented.Contains(exception.GetType());

    private static Exception? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static void OnThread(Action action)
    {
        Exception? failed = null;
        var thread = new Thread(() => failed = Catch(action), StackBytes);
        thread.Start();
        thread.Join();
        if (failed is not null)
        {
            throw new InvalidOperationException($"A good file was refused, or the harness failed: {failed.Message}", failed);
        }
    }
}
