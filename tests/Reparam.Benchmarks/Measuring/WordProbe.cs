using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Benchmarks.Measuring;

/// <summary>
/// Multiplies words in pairs and adds the products, on data of the first cache and with all sums in registers: no product of words can be faster than the
/// time this takes for its operations. Two vectors of rows meet eight inputs with 512 bits, four with 256.
/// </summary>
internal static unsafe class WordProbe
{
    private const int Pairs = 128;
    private const int Repeats = 8;
    private const int MostInputs = 8;

    /// <summary>Multiplications and additions of a run.</summary>
    public static double Operations => 2.0 * Repeats * Pairs * 2 * (Avx512BW.IsSupported ? 2 * Vector512<int>.Count * 8 : 2 * Vector256<int>.Count * 4);

    /// <summary>The probe; null where the processor has no such instruction.</summary>
    public static Contender? Contender()
    {
        if (!Avx2.IsSupported)
        {
            return null;
        }

        // The lines of both vectors, the inputs and the sums.
        var bytes = (nuint)(Pairs * ((2 * Vector512<byte>.Count) + (MostInputs * sizeof(int)))) + (nuint)Vector512<byte>.Count;
        var memory = (byte*)NativeMemory.AlignedAlloc(bytes, (nuint)Vector512<byte>.Count);
        new Span<byte>(memory, (int)bytes).Fill(3);
        return new Contender("words", () =>
        {
            for (var i = 0; i < Repeats; i++)
            {
                if (Avx512BW.IsSupported)
                {
                    Multiply512(memory);
                }
                else
                {
                    Multiply256(memory);
                }
            }
        }, (long)bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply512(byte* memory)
    {
        Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        var rows = (short*)memory;
        var x = (int*)(memory + (2 * Pairs * Vector512<byte>.Count));
        for (var pair = 0; pair < Pairs; pair++, rows += 2 * Vector512<short>.Count, x += MostInputs)
        {
            var (a, b) = (Vector512.Load(rows), Vector512.Load(rows + Vector512<short>.Count));
            Step(a, b, x, ref a0, ref b0);
            Step(a, b, x + 1, ref a1, ref b1);
            Step(a, b, x + 2, ref a2, ref b2);
            Step(a, b, x + 3, ref a3, ref b3);
            Step(a, b, x + 4, ref a4, ref b4);
            Step(a, b, x + 5, ref a5, ref b5);
            Step(a, b, x + 6, ref a6, ref b6);
            Step(a, b, x + 7, ref a7, ref b7);
        }

        (a0 ^ a1 ^ a2 ^ a3 ^ a4 ^ a5 ^ a6 ^ a7 ^ b0 ^ b1 ^ b2 ^ b3 ^ b4 ^ b5 ^ b6 ^ b7).Store(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Vector512<short> a, Vector512<short> b, int* x, ref Vector512<int> sumOfA, ref Vector512<int> sumOfB)
    {
        var input = Vector512.Create(*x).AsInt16();
        sumOfA += Avx512BW.MultiplyAddAdjacent(a, input);
        sumOfB += Avx512BW.MultiplyAddAdjacent(b, input);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply256(byte* memory)
    {
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        var rows = (short*)memory;
        var x = (int*)(memory + (2 * Pairs * Vector512<byte>.Count));
        for (var pair = 0; pair < Pairs; pair++, rows += 2 * Vector256<short>.Count, x += MostInputs)
        {
            var (a, b) = (Vector256.Load(rows), Vector256.Load(rows + Vector256<short>.Count));
            Step(a, b, x, ref a0, ref b0);
            Step(a, b, x + 1, ref a1, ref b1);
            Step(a, b, x + 2, ref a2, ref b2);
            Step(a, b, x + 3, ref a3, ref b3);
        }

        (a0 ^ a1 ^ a2 ^ a3 ^ b0 ^ b1 ^ b2 ^ b3).Store(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Vector256<short> a, Vector256<short> b, int* x, ref Vector256<int> sumOfA, ref Vector256<int> sumOfB)
    {
        var input = Vector256.Create(*x).AsInt16();
        sumOfA += Avx2.MultiplyAddAdjacent(a, input);
        sumOfB += Avx2.MultiplyAddAdjacent(b, input);
    }
}
