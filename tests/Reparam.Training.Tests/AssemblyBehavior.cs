using System.Runtime.CompilerServices;
using TorchSharp;

namespace Reparam.Training.Tests;

internal static class AssemblyBehavior
{
    // The tensors are tiny: a second thread would only wait for the first.
    [ModuleInitializer]
    internal static void UseOneThread() => torch.set_num_threads(1);
}
