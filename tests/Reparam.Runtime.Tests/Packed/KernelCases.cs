using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>
/// Theory data: the kernel paths that this machine can run. A path that it cannot run does not appear in the list of cases, so a run shows which
/// were tested.
/// </summary>
public static class KernelCases
{
    /// <summary>0 stands for the whole row.</summary>
    public static readonly int[] GroupSizes = [1, 7, 8, 16, 17, 32, 64, 96, 100, 128, 0];

    public static IEnumerable<KernelPath> SupportedPaths => Enum.GetValues<KernelPath>().Where(PackedKernels.IsSupported);

    public static IEnumerable<KernelPath> VectorPaths => SupportedPaths.Where(path => path != KernelPath.Scalar);

    public static TheoryData<KernelPath> Paths => new(SupportedPaths);

    public static TheoryData<KernelPath> Vector => new(VectorPaths);

    public static TheoryData<KernelPath, KernelPrecision> PathsAndPrecisions => Pairs(SupportedPaths);

    public static TheoryData<KernelPath, KernelPrecision> VectorPathsAndPrecisions => Pairs(VectorPaths);

    public static TheoryData<KernelPath, int> PathsAndGroups
    {
        get
        {
            var data = new TheoryData<KernelPath, int>();
            foreach (var path in SupportedPaths)
            {
                foreach (var groupSize in GroupSizes)
                {
                    data.Add(path, groupSize);
                }
            }

            return data;
        }
    }

    /// <summary>Every path with every layout other than row in every precision.</summary>
    public static TheoryData<KernelPath, string, KernelPrecision> PathsLayoutsAndPrecisions
    {
        get
        {
            var data = new TheoryData<KernelPath, string, KernelPrecision>();
            foreach (var path in SupportedPaths)
            {
                foreach (var layout in CodedMatrices.OtherLayouts)
                {
                    foreach (var precision in Precisions(path))
                    {
                        data.Add(path, layout, precision);
                    }
                }
            }

            return data;
        }
    }

    /// <summary>The precisions in which a path differs.</summary>
    public static KernelPrecision[] Precisions(KernelPath path) => path == KernelPath.Scalar ? [KernelPrecision.Default] : Enum.GetValues<KernelPrecision>();

    /// <summary>The declared bound of the relative error; a quarter more for 8 bits and wide tables, where one row of few columns is the sum of few roundings.</summary>
    public static double Bound(KernelPath path, KernelPrecision precision, int inputs = 1) => (path, precision) switch
    {
        (KernelPath.Scalar, _) => 3e-7,
        (_, KernelPrecision.Exact) => 1e-6,
        (KernelPath.Avx512, KernelPrecision.Fast) when inputs >= BatchedForm.MinInputs => 2.5e-2,
        (_, KernelPrecision.Fast) => 2e-2,
        _ => 1e-4,
    };

    private static TheoryData<KernelPath, KernelPrecision> Pairs(IEnumerable<KernelPath> paths)
    {
        var data = new TheoryData<KernelPath, KernelPrecision>();
        foreach (var path in paths)
        {
            foreach (var precision in Precisions(path))
            {
                data.Add(path, precision);
            }
        }

        return data;
    }
}
