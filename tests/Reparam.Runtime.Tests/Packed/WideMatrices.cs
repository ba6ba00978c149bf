using System.Runtime.CompilerServices;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>Lets matrices of almost any size take the wide form, so that the small ones of the tests prove it; one of a single row block and plane has none.</summary>
internal static class WideMatrices
{
    [ModuleInitializer]
    internal static void Allow() => WideForm.LeastUnits = 2;
}
