using System.Runtime.InteropServices;
using Reparam.Benchmarks.Measuring;

namespace Reparam.Benchmarks.Peers;

/// <summary>
/// y = W·x on one thread with weights in the order that ggml's processor backend brings them into when llama.cpp loads a model ("repack"), where it has one for the format and the processor. Runs a
/// graph of one multiplication, as llama.cpp does for a token.
/// </summary>
internal sealed unsafe class GgmlRepackedProduct
{
    private const string BufferName = "CPU_REPACK";
    private const nuint GraphBytes = 16 << 20;

    private readonly delegate* unmanaged<nint, nint, int> compute;
    private readonly nint backend;
    private readonly nint graph;
    private readonly long bytes;
    private readonly GgmlFormat format;

    // ggml's objects live as long as the process: there is one of these for each format.
    private GgmlRepackedProduct(GgmlLibrary library, GgmlFormat format, int rows, int columns, nint device, nint buffer, ReadOnlySpan<byte> weights, float[] inputs)
    {
        var init = (delegate* unmanaged<InitParameters, nint>)library.Common("ggml_init");
        var newTensor = (delegate* unmanaged<nint, int, long, long, nint>)library.Common("ggml_new_tensor_2d");
        var allocate = (delegate* unmanaged<nint, nint, nint>)library.Common("ggml_backend_alloc_ctx_tensors_from_buft");
        var set = (delegate* unmanaged<nint, void*, nuint, nuint, void>)library.Common("ggml_backend_tensor_set");
        compute = (delegate* unmanaged<nint, nint, int>)library.Common("ggml_backend_graph_compute");
        this.format = format;
        bytes = weights.Length;

        var parameters = new InitParameters(GraphBytes, Memory: 0, OnlyDescriptions: 1);
        var weightContext = init(parameters);
        var w = newTensor(weightContext, format.Type, columns, rows);
        allocate(weightContext, buffer);
        var context = init(parameters);
        var x = newTensor(context, 0, columns, 1);
        var y = ((delegate* unmanaged<nint, nint, nint, nint>)library.Common("ggml_mul_mat"))(context, w, x);
        graph = ((delegate* unmanaged<nint, nint>)library.Common("ggml_new_graph"))(context);
        ((delegate* unmanaged<nint, nint, void>)library.Common("ggml_build_forward_expand"))(graph, y);
        allocate(context, ((delegate* unmanaged<nint>)library.Common("ggml_backend_cpu_buffer_type"))());
        IsSupported = ((delegate* unmanaged<nint, nint, byte>)library.Common("ggml_backend_dev_supports_op"))(device, y) != 0;
        if (!IsSupported)
        {
            return;
        }

        fixed (byte* source = weights)
        {
            set(w, source, 0, (nuint)weights.Length);
        }

        fixed (float* source = inputs)
        {
            set(x, source, 0, (nuint)inputs.Length * sizeof(float));
        }

        backend = ((delegate* unmanaged<nint>)library.Export("ggml_backend_cpu_init"))();
        ((delegate* unmanaged<nint, int, void>)library.Export("ggml_backend_cpu_set_n_threads"))(backend, 1);
        Results = (float*)((delegate* unmanaged<nint, nint>)library.Common("ggml_get_data"))(y);
    }

    /// <summary>[rows], after a product.</summary>
    public float* Results { get; }

    private bool IsSupported { get; }

    /// <summary>A product; null when ggml has no other order for the format on this processor.</summary>
    /// <param name="library">The library.</param>
    /// <param name="format">Format of the weights.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="weights">The weights in the format.</param>
    /// <param name="inputs">[columns].</param>
    public static GgmlRepackedProduct? Create(GgmlLibrary library, GgmlFormat format, int rows, int columns, ReadOnlySpan<byte> weights, float[] inputs) =>
        Buffer(library) is ({ } device, not 0 and { } buffer) && new GgmlRepackedProduct(library, format, rows, columns, device, buffer, weights, inputs) is { IsSupported: true } product
            ? product
            : null;

    /// <summary>This product as a contender from cache.</summary>
    public Contender Contender() => new($"{format.Name}, repacked", Multiply, bytes);

    /// <summary>Computes the product.</summary>
    public void Multiply() => compute(backend, graph);

    private static (nint Device, nint Buffer) Buffer(GgmlLibrary library)
    {
        var registry = ((delegate* unmanaged<nint>)library.Export("ggml_backend_cpu_reg"))();
        var device = ((delegate* unmanaged<nint, nuint, nint>)library.Common("ggml_backend_reg_dev_get"))(registry, 0);
        fixed (byte* name = "ggml_backend_dev_get_extra_bufts\0"u8)
        {
            var extra = (delegate* unmanaged<nint, nint*>)((delegate* unmanaged<nint, byte*, nint>)library.Common("ggml_backend_reg_get_proc_address"))(registry, name);
            if (extra is null)
            {
                return (device, 0);
            }

            var nameOf = (delegate* unmanaged<nint, nint>)library.Common("ggml_backend_buft_name");
            for (var buffers = extra(device); buffers is not null && *buffers != 0; buffers++)
            {
                if (Marshal.PtrToStringUTF8(nameOf(*buffers)) == BufferName)
                {
                    return (device, *buffers);
                }
            }
        }

        return (device, 0);
    }

    // struct ggml_init_params
    private readonly record struct InitParameters(nuint Bytes, nint Memory, byte OnlyDescriptions);
}
