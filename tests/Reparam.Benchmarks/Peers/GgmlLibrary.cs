using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Reparam.Benchmarks.Peers;

/// <summary>
/// The processor part of ggml, from a shared library that the user names (<c>libggml-cpu*.so</c> with <c>libggml-base.so</c> beside it). Only its own exported functions run.
/// </summary>
internal sealed unsafe class GgmlLibrary
{
    private readonly nint library;
    private readonly nint common;
    private readonly delegate* unmanaged<int, float*, void*, long, long, long, float*, nuint> quantizeChunk;

    private GgmlLibrary(string file)
    {
        Name = Path.GetFileNameWithoutExtension(file);
        library = NativeLibrary.Load(file);
        var folder = Path.GetDirectoryName(file)!;
        var baseFile = Directory.EnumerateFiles(folder, "*ggml-base*").FirstOrDefault();
        common = baseFile is null ? library : NativeLibrary.Load(baseFile);
        ((delegate* unmanaged<delegate* unmanaged[Cdecl]<int, byte*, void*, void>, void*, void>)Common("ggml_log_set"))(&Discard, null);
        ((delegate* unmanaged<void>)Export("ggml_cpu_init"))();
        quantizeChunk = (delegate* unmanaged<int, float*, void*, long, long, long, float*, nuint>)NativeLibrary.GetExport(common, "ggml_quantize_chunk");
    }

    /// <summary>The file's name, which says what processor it was built for.</summary>
    public string Name { get; }

    /// <summary>Loads the library.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DllNotFoundException">It cannot be loaded.</exception>
    /// <exception cref="EntryPointNotFoundException">It is not ggml's processor part.</exception>
    public static GgmlLibrary Load(string file) =>
        File.Exists(file) ? new GgmlLibrary(Path.GetFullPath(file)) : throw new FileNotFoundException($"there is no file {file}", file);

    /// <summary>A function of the processor part.</summary>
    /// <exception cref="EntryPointNotFoundException">There is none of that name.</exception>
    public nint Export(string name) => NativeLibrary.GetExport(library, name);

    /// <summary>A function of the common part.</summary>
    /// <exception cref="EntryPointNotFoundException">There is none of that name.</exception>
    public nint Common(string name) => NativeLibrary.GetExport(common, name);

    /// <summary>Writes rows of weights in a format.</summary>
    /// <param name="format">The format.</param>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns, a multiple of the format's block.</param>
    /// <param name="destination">Rows of <see cref="GgmlFormat.RowBytes"/>.</param>
    public void Quantize(GgmlFormat format, float[] weights, int rows, int columns, byte* destination)
    {
        fixed (float* source = weights)
        {
            quantizeChunk(format.Type, source, destination, 0, rows, columns, null);
        }
    }

    /// <summary>The function that quantises a row of inputs: (inputs, destination, number of inputs).</summary>
    public delegate* unmanaged<float*, void*, long, void> InputQuantizer(GgmlFormat format) =>
        (delegate* unmanaged<float*, void*, long, void>)NativeLibrary.GetExport(library, format.InputQuantizer);

    /// <summary>The function that multiplies a row: (columns, result, 0, weights, 0, inputs, 0, 1).</summary>
    public delegate* unmanaged<int, float*, nuint, void*, nuint, void*, nuint, int, void> Dot(GgmlFormat format) =>
        (delegate* unmanaged<int, float*, nuint, void*, nuint, void*, nuint, int, void>)NativeLibrary.GetExport(library, format.Dot);

    /// <summary>Decodes a row of weights.</summary>
    /// <param name="format">The format.</param>
    /// <param name="row">The row's blocks.</param>
    /// <param name="destination">[columns].</param>
    public void Decode(GgmlFormat format, byte* row, Span<float> destination)
    {
        var decode = (delegate* unmanaged<void*, float*, long, void>)NativeLibrary.GetExport(common, format.Decoder);
        fixed (float* weights = destination)
        {
            decode(row, weights, destination.Length);
        }
    }

    // What ggml has to say of its work is not for the tables.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Discard(int level, byte* text, void* data)
    {
    }
}
