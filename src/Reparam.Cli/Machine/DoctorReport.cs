namespace Reparam.Cli.Machine;

/// <summary>What <c>reparam doctor</c> found.</summary>
/// <param name="Version">Version of the command.</param>
/// <param name="Machine">The machine and the process.</param>
/// <param name="Paths">Kernel paths that this process can run, the best first.</param>
/// <param name="Kernels">What packed products do.</param>
/// <param name="Libtorch">Whether libtorch can be used.</param>
/// <param name="Problems">What is wrong; empty when all is well.</param>
internal sealed record DoctorReport(
    string Version, MachineFacts Machine, IReadOnlyList<string> Paths, KernelSettings Kernels, LibtorchCheck Libtorch, IReadOnlyList<string> Problems);
