namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>An element type of ONNX.</summary>
/// <param name="Name">Its name in ONNX.</param>
/// <param name="DType">The counterpart in safetensors; null when there is none.</param>
/// <param name="Field">The field of a tensor that holds its elements as numbers, when they are not raw bytes.</param>
internal sealed record OnnxType(string Name, DType? DType, int Field)
{
    public const int FloatData = 4;
    public const int Int32Data = 5;
    public const int StringData = 6;
    public const int Int64Data = 7;
    public const int DoubleData = 10;
    public const int UInt64Data = 11;

    // By its number in a tensor's data_type.
    private static readonly OnnxType?[] Types =
    [
        null,
        new("FLOAT", Checkpoints.DType.F32, FloatData),
        new("UINT8", Checkpoints.DType.U8, Int32Data),
        new("INT8", Checkpoints.DType.I8, Int32Data),
        new("UINT16", Checkpoints.DType.U16, Int32Data),
        new("INT16", Checkpoints.DType.I16, Int32Data),
        new("INT32", Checkpoints.DType.I32, Int32Data),
        new("INT64", Checkpoints.DType.I64, Int64Data),
        new("STRING", null, StringData),
        new("BOOL", Checkpoints.DType.Bool, Int32Data),
        new("FLOAT16", Checkpoints.DType.F16, Int32Data),
        new("DOUBLE", Checkpoints.DType.F64, DoubleData),
        new("UINT32", Checkpoints.DType.U32, UInt64Data),
        new("UINT64", Checkpoints.DType.U64, UInt64Data),
        new("COMPLEX64", Checkpoints.DType.C64, FloatData),
        new("COMPLEX128", null, DoubleData),
        new("BFLOAT16", Checkpoints.DType.BF16, Int32Data),
        new("FLOAT8E4M3FN", Checkpoints.DType.F8E4M3, Int32Data),
        new("FLOAT8E4M3FNUZ", Checkpoints.DType.F8E4M3Fnuz, Int32Data),
        new("FLOAT8E5M2", Checkpoints.DType.F8E5M2, Int32Data),
        new("FLOAT8E5M2FNUZ", Checkpoints.DType.F8E5M2Fnuz, Int32Data),
        new("UINT4", null, Int32Data),
        new("INT4", null, Int32Data),
        new("FLOAT4E2M1", null, Int32Data),
        new("FLOAT8E8M0", Checkpoints.DType.F8E8M0, Int32Data),
        new("UINT2", null, Int32Data),
        new("INT2", null, Int32Data),
    ];

    /// <summary>Numbers in the field for each element.</summary>
    public int NumbersPerElement => DType == Checkpoints.DType.C64 ? 2 : 1;

    /// <summary>The type of a number; null when it is not known.</summary>
    public static OnnxType? Of(long number) => number > 0 && number < Types.Length ? Types[number] : null;
}
