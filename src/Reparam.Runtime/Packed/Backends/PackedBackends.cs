using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The backends of this process in order of preference: those that were registered, the latest first, then look-up tables, decoded tiles and the reference.
/// </summary>
public static class PackedBackends
{
    private static readonly Lock Registration = new();

    private static volatile PackedBackend[] all = [new LookUpBackend(), new TileBackend(), new ReferenceBackend()];

    /// <summary>All backends in order of preference.</summary>
    public static IReadOnlyList<PackedBackend> All => Array.AsReadOnly(all);

    /// <summary>
    /// Puts a backend in front of the others. It is asked for every matrix that is created from now on. A second one of the same type and name changes
    /// nothing.
    /// </summary>
    /// <param name="backend">The backend.</param>
    /// <exception cref="ArgumentException">A backend of another type has this name.</exception>
    public static void Register(PackedBackend backend)
    {
        ArgumentNullException.ThrowIfNull(backend);
        lock (Registration)
        {
            var known = Array.Find(all, other => string.Equals(other.Name, backend.Name, StringComparison.OrdinalIgnoreCase));
            if (known is null)
            {
                all = [backend, .. all];
            }
            else if (known.GetType() != backend.GetType())
            {
                throw new ArgumentException(
                    $"a backend of the name '{backend.Name}' is registered already: found {known.GetType()}, expected {backend.GetType()} or another name",
                    nameof(backend));
            }
        }
    }

    /// <summary>Asks each backend of the request's place; the first that does not pass has the matrix.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine cannot run the path, or nothing is registered for the place.</exception>
    /// <exception cref="NotSupportedException">Every backend of the place passes.</exception>
    /// <exception cref="ArgumentException">There are no such rows, or a scale or a weight is not finite.</exception>
    internal static PackedMatrix Create(CodedMatrix matrix, in PackedRequest request)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfNegative(request.FirstRow);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Rows, matrix.Rows - request.FirstRow);
        PackedKernels.RequireSupported(request.Path);
        var asked = new List<string>();
        foreach (var backend in all)
        {
            if (backend.Place != request.Place)
            {
                continue;
            }

            asked.Add(backend.Name);
            if (backend.Create(matrix, request) is { } packed)
            {
                return (packed.Rows, packed.Columns) == (request.Rows, matrix.Columns)
                    ? FormatKernelList.Find(matrix)?.RoundInputs(matrix, packed) ?? packed
                    : throw new InvalidOperationException(
                        $"backend {backend.Name} made a matrix [{packed.Rows}, {packed.Columns}], expected [{request.Rows}, {matrix.Columns}]");
            }
        }

        if (asked.Count == 0)
        {
            throw new PlatformNotSupportedException(
                $"no backend for {request.Place} is registered; expected one by {nameof(PackedBackends)}.{nameof(Register)}, or "
                    + $"{nameof(ExecutionPlace)}.{nameof(ExecutionPlace.Cpu)}");
        }

        throw new NotSupportedException(
            $"no backend for {request.Place} takes a {matrix.GetType().Name} [{matrix.Rows}, {matrix.Columns}]; asked: {string.Join(", ", asked)}");
    }
}
