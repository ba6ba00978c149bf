using Reparam.Benchmarks.Models;

namespace Reparam.Benchmarks.Peers;

/// <summary>A weight format of ggml, the tensor library of llama.cpp, and the format that inputs are brought into for it.</summary>
/// <param name="Name">The format's name.</param>
/// <param name="Type">Its number in <c>enum ggml_type</c>.</param>
/// <param name="BlockWeights">Weights of a block; rows are whole blocks.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="InputQuantizer">The function that quantises a row of inputs.</param>
/// <param name="InputBlock">Inputs of a block.</param>
/// <param name="InputBlockBytes">Bytes of such a block.</param>
/// <param name="Dot">The function that multiplies a row of weights with a row of inputs.</param>
/// <param name="Decoder">The function that gives the weights back.</param>
internal sealed record GgmlFormat(
    string Name, int Type, int BlockWeights, int BlockBytes, string InputQuantizer, int InputBlock, int InputBlockBytes, string Dot, string Decoder)
{
    /// <summary>2.63 bits a weight.</summary>
    public static readonly GgmlFormat Q2K = new("Q2_K", 10, 256, 84, "quantize_row_q8_K", 256, 292, "ggml_vec_dot_q2_K_q8_K", "dequantize_row_q2_K");

    /// <summary>3.44 bits a weight.</summary>
    public static readonly GgmlFormat Q3K = new("Q3_K", 11, 256, 110, "quantize_row_q8_K", 256, 292, "ggml_vec_dot_q3_K_q8_K", "dequantize_row_q3_K");

    /// <summary>4.5 bits a weight.</summary>
    public static readonly GgmlFormat Q40 = new("Q4_0", 2, 32, 18, "quantize_row_q8_0", 32, 34, "ggml_vec_dot_q4_0_q8_0", "dequantize_row_q4_0");

    /// <summary>The format that a number of planes competes with.</summary>
    public static GgmlFormat Of(int bits) => bits switch { <= 2 => Q2K, 3 => Q3K, _ => Q40 };

    /// <summary>Bytes of a row of weights.</summary>
    public int RowBytes(int columns) => columns / BlockWeights * BlockBytes;

    /// <summary>Bytes of a row of quantised inputs.</summary>
    public int InputBytes(int columns) => columns / InputBlock * InputBlockBytes;
}
