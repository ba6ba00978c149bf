using System.Runtime.CompilerServices;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>Lets matrices of almost any size take the wide form, so that the small ones of the tests prove it; one of a single row block and plane has none.</summary>
internal static class BatchedMatrices
{
    [ModuleInitializer]
    internal static void Allow() => BatchedForm.MinUnits = 2;
}
