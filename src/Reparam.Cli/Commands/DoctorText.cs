using System.Globalization;
using Reparam.Cli.Machine;

namespace Reparam.Cli.Commands;

/// <summary>The text of <c>reparam doctor</c>.</summary>
internal static class DoctorText
{
    public static void Write(TextWriter output, DoctorReport report)
    {
        var machine = report.Machine;
        Section("Machine");
        Line("processor", machine.Processor);
        Line("processors", Processors(machine.Limits));
        Line(
            "data caches", $"{CacheSizes.Format(machine.Caches.Level1)}, {CacheSizes.Format(machine.Caches.Level2)}, "
                + $"{CacheSizes.Format(machine.Caches.Level3)}");
        Line("system", $"{machine.System}, {machine.Architecture}");

        Section("Process");
        Line("reparam", report.Version);
        Line("runtime", $"{machine.Runtime}, compiled {machine.Compilation}");
        foreach (var set in machine.InstructionSets)
        {
            Line(set.Name, set.Available ? "yes" : set.SwitchedOff ? "no: the processor has it, this process may not use it" : "no");
        }

        Section("Packed products");
        Line("kernel path", Text(report.Kernels.Path));
        Line("can run", string.Join(", ", report.Paths));
        Line("precision", Text(report.Kernels.Precision));
        Line("threads", Text(report.Kernels.Threads));

        Section("libtorch");
        Line("needed for", "training, calibration and TorchSharp models; packed models run without it");
        Line("here", Text(report.Libtorch));

        void Section(string title) => output.WriteLine(title);
        void Line(string name, string value) => output.WriteLine($"  {name,-14}  {value}");
    }

    private static string Text(Setting setting) => setting.Value is { } value ? $"{value} ({setting.Reason})" : $"none: {setting.Problem}";

    private static string Text(LibtorchCheck check) => check switch
    {
        { Folder: null } => "not looked for; --libtorch FOLDER tries a folder",
        { Version: { } version } => $"TorchSharp {version} and its libraries load from {check.Folder}",
        _ => $"cannot be loaded from {check.Folder}: {check.Problem}",
    };

    private static string Processors(ProcessorLimits limits)
    {
        var text = limits.Processors.ToString(CultureInfo.InvariantCulture);
        if (limits.Affinity is { } bound)
        {
            text += string.Create(CultureInfo.InvariantCulture, $"; bound to {bound}");
        }

        return text + (limits.Quota is { } quota ? string.Create(CultureInfo.InvariantCulture, $"; the control group allows {quota:0.##}") : "");
    }
}
