using Reparam.Benchmarks.Peers;
using Reparam.Cli.Machine;

namespace Reparam.Benchmarks.Kernels;

/// <summary>What the verb <c>kernels</c> found.</summary>
/// <param name="Date">Day of the measurement, UTC.</param>
/// <param name="Machine">Where.</param>
/// <param name="KernelPath">The path that products take unless a line names one.</param>
/// <param name="Rivals">What was compared with, by name and version.</param>
/// <param name="Probes">What the read probe found.</param>
/// <param name="Targets">The figures that products are held to.</param>
/// <param name="Lines">The products that were asked for one by one.</param>
internal sealed record KernelReport(
    DateOnly Date, MachineFacts Machine, string KernelPath, IReadOnlyList<string> Rivals,
    IReadOnlyList<ProbeLine> Probes, IReadOnlyList<KernelTarget> Targets, IReadOnlyList<KernelLine> Lines)
{
    /// <summary>Joins the reports of several numbers of threads.</summary>
    public static KernelReport Join(IReadOnlyList<KernelReport> reports) => reports[0] with
    {
        Probes = [.. reports.SelectMany(report => report.Probes)],
        Targets = [.. reports.SelectMany(report => report.Targets).OrderBy(target => target.Order)],
        Lines = [.. reports.SelectMany(report => report.Lines)],
    };
}
