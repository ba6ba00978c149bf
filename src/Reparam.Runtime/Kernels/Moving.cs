using System.Numerics;

namespace Reparam.Runtime.Kernels;

/// <summary>Runs work that only moves elements with an element of the right width.</summary>
internal static class Moving
{
    public static void Run<TWork>(DType type, TWork work)
        where TWork : IElementWork, allows ref struct
    {
        switch (type)
        {
            case DType.Float32 or DType.Int32:
                work.Run<float>();
                break;
            case DType.Int64 or DType.Float64:
                work.Run<long>();
                break;
            case DType.Byte or DType.Int8 or DType.Bool:
                work.Run<bool>();
                break;
            case DType.Int16 or DType.Float16 or DType.BFloat16:
                work.Run<short>();
                break;
            case DType.ComplexFloat32:
                work.Run<ComplexSingle>();
                break;
            default:
                work.Run<Complex>();
                break;
        }
    }
}
