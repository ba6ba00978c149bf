using System.Globalization;

namespace Reparam.Cli.Machine;

/// <summary>How much of the machine this process may use.</summary>
/// <param name="Processors">Processors that .NET counts; all limits below are in it.</param>
/// <param name="Affinity">Processors that the process is bound to; null where that cannot be asked.</param>
/// <param name="Quota">Processors' worth of time that the control group allows; null for no limit.</param>
internal sealed record ProcessorLimits(int Processors, int? Affinity, double? Quota)
{
    private const string ControlGroups = "/sys/fs/cgroup";

    /// <summary>Those of this process.</summary>
    public static ProcessorLimits Read() => new(Environment.ProcessorCount, CpuAffinity.Allowed()?.Length, ReadQuota(ControlGroups));

    /// <summary>The quota of a control group: version 2 (<c>cpu.max</c>) or 1 (<c>cpu.cfs_quota_us</c>).</summary>
    public static double? ReadQuota(string folder)
    {
        var parts = Read("cpu.max") ?? (Read("cpu/cpu.cfs_quota_us"), Read("cpu/cpu.cfs_period_us")) switch
        {
            ([var quota], [var period]) => [quota, period],
            _ => null,
        };
        return parts is [var used, var of] && Number(used) is > 0 and var time && Number(of) is > 0 and var span ? time / span : null;

        string[]? Read(string name) =>
            Path.Combine(folder, name) is var file && File.Exists(file)
                ? File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                : null;
        static double? Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
