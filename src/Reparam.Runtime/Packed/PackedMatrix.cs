using System.Buffers;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A coded weight matrix [rows, columns] in the form a kernel runs on. Products read the codes directly; the weights are never
/// expanded in memory. Immutable, and safe for concurrent calls from many threads.
/// </summary>
/// <remarks>
/// A backend of another assembly derives from this class: it gives the plain product and decoded rows, and must be safe for concurrent calls itself. Bias,
/// activation, gate, residual and the rule for inputs that are not finite are added here.
/// </remarks>
public abstract class PackedMatrix
{
    /// <summary>Takes the shape of some rows of a coded matrix.</summary>
    /// <param name="matrix">The matrix as the packed file holds it; not kept.</param>
    /// <param name="rows">Number of rows, 1 to those of the matrix.</param>
    /// <exception cref="ArgumentOutOfRangeException">The matrix has fewer rows.</exception>
    protected PackedMatrix(CodedMatrix matrix, int rows)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, matrix.Rows);
        Rows = rows;
        Columns = matrix.Columns;
        StoredBytes = matrix.StoredBytes * rows / matrix.Rows;
        RoundsInputs = matrix.RoundsInputs;
    }

    /// <summary>Number of rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Number of columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Bytes that the matrix takes in the packed file: codes and scales.</summary>
    public long StoredBytes { get; }

    /// <summary>Bytes that the prepacked form takes in memory; more than <see cref="StoredBytes"/> by the padding of rows and groups.</summary>
    public abstract long PrepackedBytes { get; }

    /// <summary>Whether the prepacked form was read from a file (<see cref="PrepackedFile"/>) instead of being made from the codes.</summary>
    public virtual bool IsPrepacked => false;

    /// <summary>The instructions that this matrix's products run on.</summary>
    public abstract KernelPath Path { get; }

    /// <summary>Where this matrix's products are computed.</summary>
    public virtual ExecutionPlace Place => ExecutionPlace.Cpu;

    /// <summary>Whether a product rounds its inputs too, so that decoded rows do not give it.</summary>
    internal bool RoundsInputs { get; }

    /// <summary>The prepacked weights whose products can be joined with those of other matrices of the same tables; null when there are none.</summary>
    internal PrepackedWeights? Joinable { get; private protected init; }

    /// <summary>
    /// The same weights without the rounding of inputs to a grid that the model gives them, for checks of the weights; this matrix where there is no such
    /// grid.
    /// </summary>
    internal virtual PackedMatrix WithoutInputGrid => this;

    /// <summary>Prepares a coded matrix for products: the first of <see cref="PackedBackends.All"/> that takes it does so.</summary>
    /// <param name="matrix">The matrix as the packed file holds it; kept only where products decode its rows.</param>
    /// <param name="path">The kernel path; <see cref="PackedKernels.Current"/> when null.</param>
    /// <param name="precision">
    /// How the inputs enter the products; <see cref="PackedKernels.Precision"/> when null. Whatever it says, <see cref="KernelPath.Scalar"/> sums in double
    /// precision, and a matrix that runs from decoded tiles takes the inputs as they are.
    /// </param>
    /// <param name="place">Where products are computed.</param>
    /// <exception cref="PlatformNotSupportedException">
    /// This machine cannot run <paramref name="path"/>, or no backend is registered for <paramref name="place"/>.
    /// </exception>
    /// <exception cref="NotSupportedException">Every backend of <paramref name="place"/> passes.</exception>
    /// <exception cref="ArgumentException">A scale or a weight of the matrix is not finite.</exception>
    public static PackedMatrix Create(CodedMatrix matrix, KernelPath? path = null, KernelPrecision? precision = null, ExecutionPlace place = ExecutionPlace.Cpu)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Create(matrix, 0, matrix.Rows, path, precision, place: place);
    }

    /// <summary>Prepares some neighbouring rows of a coded matrix, or takes their prepacked form from a file.</summary>
    internal static PackedMatrix Create(
        CodedMatrix matrix, int first, int rows, KernelPath? path = null, KernelPrecision? precision = null, StoredPrepack? stored = null,
        ExecutionPlace place = ExecutionPlace.Cpu) => PackedBackends.Create(matrix, new PackedRequest
        {
            FirstRow = first,
            Rows = rows,
            Path = path ?? PackedKernels.Current,
            Precision = precision ?? PackedKernels.Precision,
            Place = place,
            Stored = stored,
        });

    /// <summary>
    /// What a product of this matrix may owe beyond what its format and precision allow: for backends that round more than tables of 8 bits do. 0 for all
    /// others.
    /// </summary>
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    /// <returns>Largest further |found − Σ_k w[row, k]·x[k]| when every input lies within ±1.</returns>
    public virtual double FurtherError(int row) => 0;

    /// <summary>
    /// y[i, r] = Σ_k w[r, k]·x[i, k] + bias[r]. An input row that holds a NaN or an infinity gives an output row that is NaN throughout.
    /// The result does not depend on the number of threads, nor on the other rows of the batch; on whether the batch has many rows (12 to 32) its last bits may
    /// depend, because matrices are then multiplied in another way. Allocates nothing once warm.
    /// </summary>
    /// <param name="x">[batch, columns], row-major.</param>
    /// <param name="y">[batch, rows], row-major; must not overlap <paramref name="x"/>.</param>
    /// <param name="batch">Number of input rows, at least 0.</param>
    /// <param name="bias">[rows], or empty for none.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, or <paramref name="y"/> overlaps <paramref name="x"/>.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, ReadOnlySpan<float> bias = default) =>
        Multiply(x, y, batch, new Epilogue { Bias = bias });

    /// <summary>
    /// y[i, r] = act(Σ_k w[r, k]·x[i, k] + bias[r]) · gate[i, r] + residual[i, r]: the product and what follows it, without a second pass over the outputs.
    /// What holds of a product holds of this one.
    /// </summary>
    /// <param name="x">[batch, columns], row-major.</param>
    /// <param name="y">[batch, rows], row-major; must not overlap <paramref name="x"/>.</param>
    /// <param name="batch">Number of input rows, at least 0.</param>
    /// <param name="epilogue">
    /// What follows the product. Its gate and its residual may be <paramref name="y"/> itself: <c>y += layer(x)</c> needs no other memory.
    /// </param>
    /// <exception cref="ArgumentException">A length does not fit the shape, or spans overlap.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue) => Multiply(x, y, batch, epilogue, WorkerPool.Shared);

    /// <summary>
    /// The product of several matrices of the same input, set one upon the other, as one piece of work: the tables of the input are built once, and threads
    /// are called together once. The same bits as one by one.
    /// </summary>
    /// <param name="matrices">Matrices of the same number of columns, at least one; "rows" below are those of all together.</param>
    /// <param name="x">[batch, columns], row-major.</param>
    /// <param name="y">[batch, rows], row-major, the rows of the first matrix first; must not overlap <paramref name="x"/>.</param>
    /// <param name="batch">Number of input rows, at least 0.</param>
    /// <param name="epilogue">What follows the product, for all rows.</param>
    /// <exception cref="ArgumentException">A length does not fit the shapes, the numbers of columns differ, or spans overlap.</exception>
    public static void MultiplyAll(ReadOnlySpan<PackedMatrix> matrices, ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue = default) =>
        MultiplyAll(matrices, x, y, batch, epilogue, WorkerPool.Shared);

    /// <summary>
    /// y = act(gate·x + bias) · (up·x + upBias) + residual as one piece of work: the first half of a gated feed-forward layer. The same bits as one by one.
    /// </summary>
    /// <param name="gate">The matrix whose product is activated.</param>
    /// <param name="up">The matrix whose product it is multiplied by; of the same shape.</param>
    /// <param name="x">[batch, columns], row-major.</param>
    /// <param name="y">[batch, rows], row-major; must not overlap <paramref name="x"/>.</param>
    /// <param name="batch">Number of input rows, at least 0.</param>
    /// <param name="epilogue">Bias and activation of <paramref name="gate"/>, and the residual; without a gate, which <paramref name="up"/> is.</param>
    /// <param name="upBias">[rows], or empty for none.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, the shapes differ, the epilogue has a gate, or spans overlap.</exception>
    public static void MultiplyGated(
        PackedMatrix gate, PackedMatrix up, ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue, ReadOnlySpan<float> upBias = default) =>
        MultiplyGated(gate, up, x, y, batch, epilogue, upBias, WorkerPool.Shared);

    /// <summary>The product on given threads.</summary>
    internal unsafe void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue, WorkerPool pool)
    {
        Check(x, y, batch, Columns, Rows, epilogue);
        if (batch == 0)
        {
            return;
        }

        fixed (float* output = y, bias = epilogue.Bias, gate = epilogue.Gate, residual = epilogue.Residual)
        {
            MultiplyFused(
                x, batch, new ProductStore { Output = output, Bias = bias, Gate = gate, Residual = residual, Activation = epilogue.Activation, Rows = Rows }, 0,
                pool);
        }
    }

    /// <summary>The product stored where another matrix wants it.</summary>
    internal void MultiplyInto(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool) =>
        MultiplyFused(x, batch, store, firstRow, pool);

    /// <summary>The products of several matrices on given threads.</summary>
    internal static unsafe void MultiplyAll(
        ReadOnlySpan<PackedMatrix> matrices, ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue, WorkerPool pool)
    {
        if (matrices.IsEmpty)
        {
            throw new ArgumentException("there must be at least one matrix", nameof(matrices));
        }

        var rows = 0;
        var canBeJoined = true;
        foreach (var matrix in matrices)
        {
            if (matrix.Columns != matrices[0].Columns)
            {
                throw new ArgumentException($"a matrix has {matrix.Columns} columns, the first one {matrices[0].Columns}", nameof(matrices));
            }

            rows = checked(rows + matrix.Rows);
            canBeJoined &= matrices[0].CanBeJoined(matrix, batch);
        }

        Check(x, y, batch, matrices[0].Columns, rows, epilogue);
        if (batch == 0)
        {
            return;
        }

        fixed (float* output = y, bias = epilogue.Bias, gate = epilogue.Gate, residual = epilogue.Residual)
        {
            var store = new ProductStore { Output = output, Bias = bias, Gate = gate, Residual = residual, Activation = epilogue.Activation, Rows = rows };
            if (canBeJoined)
            {
                var product = TableProduct.Current;
                foreach (var matrix in matrices)
                {
                    product.Add(matrix.Joinable!);
                }

                product.Multiply(x, batch, store, 0, pool);
                return;
            }

            var firstRow = 0;
            foreach (var matrix in matrices)
            {
                matrix.MultiplyFused(x, batch, store, firstRow, pool);
                firstRow += matrix.Rows;
            }
        }
    }

    /// <summary>The gated product on given threads.</summary>
    internal static unsafe void MultiplyGated(
        PackedMatrix gate, PackedMatrix up, ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue, ReadOnlySpan<float> upBias, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        if ((gate.Rows, gate.Columns) != (up.Rows, up.Columns))
        {
            throw new ArgumentException($"up is [{up.Rows}, {up.Columns}], gate [{gate.Rows}, {gate.Columns}]", nameof(up));
        }

        if (!epilogue.Gate.IsEmpty)
        {
            throw new ArgumentException("the gate of this product is the other matrix", nameof(epilogue));
        }

        Check(x, y, batch, gate.Columns, gate.Rows, epilogue);
        if (!upBias.IsEmpty)
        {
            RequireLength(nameof(upBias), upBias.Length, up.Rows);
        }

        if (batch == 0)
        {
            return;
        }

        fixed (float* output = y, bias = epilogue.Bias, offsets = upBias, residual = epilogue.Residual)
        {
            var store = new ProductStore { Output = output, Bias = bias, Residual = residual, Activation = epilogue.Activation, Rows = gate.Rows };
            if (gate.CanBeJoined(up, batch))
            {
                var product = TableProduct.Current;
                product.Add(gate.Joinable!);
                product.Add(up.Joinable!);
                product.MultiplyGated(x, batch, store, offsets, pool);
                return;
            }

            // The residual may be y, so the product of up needs a place of its own.
            var buffer = ArrayPool<float>.Shared.Rent(y.Length);
            fixed (float* factors = buffer)
            {
                up.MultiplyFused(x, batch, new ProductStore { Output = factors, Bias = offsets, Rows = up.Rows }, 0, pool);
                store.Gate = factors;
                gate.MultiplyFused(x, batch, store, 0, pool);
            }

            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the decoded row: bit for bit what <see cref="CodedMatrix.DecodeRow"/> gives.</summary>
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">At least [columns]; only the first <see cref="Columns"/> elements are written.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void DecodeRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        if (destination.Length < Columns)
        {
            throw new ArgumentException($"destination has {destination.Length} elements; a row has {Columns}", nameof(destination));
        }

        DecodeRowCore(row, destination[..Columns]);
    }

    /// <summary>The plain product of all rows: products[i, r] = Σ_k w[r, k]·x[i, k]. It must not depend on the other rows of the batch.</summary>
    /// <param name="x">[batch, columns]. Where a row holds a NaN or an infinity its products may be anything.</param>
    /// <param name="products">[batch, rows], written whole; does not overlap <paramref name="x"/>.</param>
    /// <param name="batch">Number of input rows, at least 1.</param>
    protected abstract void MultiplyCore(ReadOnlySpan<float> x, Span<float> products, int batch);

    /// <summary>Writes the decoded row: bit for bit what <see cref="CodedMatrix.DecodeRow"/> gives.</summary>
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">[columns].</param>
    protected abstract void DecodeRowCore(int row, Span<float> destination);

    /// <summary>Stores the outputs of this matrix, whose rows begin at some row of the target.</summary>
    private protected virtual unsafe void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool)
    {
        var buffer = ArrayPool<float>.Shared.Rent(checked(batch * Rows));
        var products = buffer.AsSpan(0, batch * Rows);
        MultiplyCore(x, products, batch);
        var sums = stackalloc float[ProductStore.Lanes];
        for (var input = 0; input < batch; input++)
        {
            _ = InputRange.Shift(x.Slice(input * Columns, Columns), 0, out var hasNonFinite);
            var factor = new ProductFactor(hasNonFinite, 0);
            for (var row = 0; row < Rows; row += ProductStore.Lanes)
            {
                var part = products.Slice((input * Rows) + row, Math.Min(ProductStore.Lanes, Rows - row));
                part.CopyTo(new Span<float>(sums, ProductStore.Lanes));
                store.Store(sums, factor, input, firstRow + row, part.Length);
            }
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    private static void Check(ReadOnlySpan<float> x, Span<float> y, int batch, int columns, int rows, in Epilogue epilogue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        RequireLength(nameof(x), x.Length, (long)batch * columns);
        RequireLength(nameof(y), y.Length, (long)batch * rows);
        epilogue.Check(y, batch, rows);
        if (y.Overlaps(x))
        {
            throw new ArgumentException("y overlaps x; the product is not computed in place", nameof(y));
        }
    }

    // Whether both look up in the same tables, which for many input rows may be the batched ones.
    private bool CanBeJoined(PackedMatrix other, int batch) =>
        Joinable is { } weights && other.Joinable is { } others && weights.LooksUp(batch) && others.LooksUp(batch)
        && (ReferenceEquals(weights.Tables, others.Tables) || weights.Tables.Equals(others.Tables))
        && (batch < BatchedForm.MinInputs || (weights.Batched is null) == (others.Batched is null));

    private static void RequireLength(string name, int found, long expected)
    {
        if (found != expected)
        {
            throw new ArgumentException($"{name} has {found} elements; the shape needs {expected}", name);
        }
    }
}
