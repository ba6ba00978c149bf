using System.Runtime.CompilerServices;
using TorchSharp;

// One test at a time: the count of live tensors and the random seed belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Reparam.Training.Tests;

internal static class AssemblyBehavior
{
    // The tensors are tiny: a second thread would only wait for the first.
    [ModuleInitializer]
    internal static void UseOneThread() => torch.set_num_threads(1);
}
