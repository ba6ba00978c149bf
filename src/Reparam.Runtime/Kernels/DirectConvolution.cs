using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// A convolution with dense weights, summed without unfolding an image: a tile of outputs and positions takes its inputs where they lie in padded planes. Only
/// where rows are short, so that vectors would be mostly empty, are the inputs of some positions gathered first. Each output is one chain of sums, whatever
/// tile it is in, so that neither shapes of tiles nor threads change a bit.
/// </summary>
internal sealed unsafe class DirectConvolution : PieceJob
{
    // Positions of a piece where an image is divided.
    private const int PiecePositions = 768;

    // Gathering costs about as much as so many outputs.
    private const int GatherOutputs = 4;

    // Outputs of a group up to which they are computed one by one, and inputs of an output: a depthwise convolution.
    private const int PlaneOutputs = 2;
    private const int PlaneDepth = 64;
    private const int MaxLanes = 16;

    [ThreadStatic]
    private static DirectConvolution? local;

    [ThreadStatic]
    private static AlignedMemory? panelMemory;

    private ConvolutionShape shape;
    private PaddedPlanes layout;
    private ConvolutionKernelTable kernels = null!;
    private ConvolutionStore store;
    private float* images;
    private float* planes;
    private float* weights;
    private int* offsets;
    private bool gathers;
    private bool byPlanes;
    private int planeVectors;
    private int rowVectors;
    private int vectors;
    private int pieceVectors;
    private int blocks;
    private int image;
    private bool wholeImages;

    /// <summary>The calling thread's.</summary>
    public static DirectConvolution Local => local ??= new DirectConvolution();

    /// <summary>Computes a batch.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <param name="table">The kernels.</param>
    /// <param name="source">[images, channels, height, width].</param>
    /// <param name="count">Images.</param>
    /// <param name="dense">[outputs, depth].</param>
    /// <param name="target">Where outputs go, and what becomes of them.</param>
    /// <param name="pool">Threads that may help.</param>
    public void Run(in ConvolutionShape sizes, ConvolutionKernelTable table, float* source, int count, float* dense, in ConvolutionStore target,
        WorkerPool? pool)
    {
        (shape, kernels, store) = (sizes, table, target);
        images = source;
        weights = dense;
        rowVectors = (shape.OutWidth + table.Lanes - 1) / table.Lanes;
        var fullness = shape.OutWidth / (double)(rowVectors * table.Lanes);
        gathers = fullness < shape.OutputsPerGroup / (double)(shape.OutputsPerGroup + GatherOutputs);
        byPlanes = shape.OutputsPerGroup <= PlaneOutputs && shape.Depth <= PlaneDepth;
        gathers &= !byPlanes;
        vectors = gathers ? (shape.Positions + table.Lanes - 1) / table.Lanes : shape.OutHeight * rowVectors;
        layout = new PaddedPlanes(shape, mayBeInPlace: !gathers && shape.OutWidth >= table.Lanes);
        planeVectors = (vectors + ConvolutionPlane.Together - 1) / ConvolutionPlane.Together * ConvolutionPlane.Together;
        var places = Scratch.Offsets(shape.Depth + (gathers ? shape.Depth : byPlanes ? 2 * planeVectors : 0));
        layout.WriteOffsets(places);
        if (byPlanes)
        {
            WriteVectors(places.Slice(shape.Depth, planeVectors), places[(shape.Depth + planeVectors)..]);
        }

        for (var i = 0; i < shape.Depth && gathers; i++)
        {
            places[shape.Depth + i] = i * ConvolutionTile.Vectors * table.Lanes;
        }

        fixed (int* pinned = places)
        {
            offsets = pinned;
            wholeImages = pool is null || count >= 2 * pool.Threads;
            if (wholeImages)
            {
                pieceVectors = vectors;
                blocks = 1;
                Begin(count);
                Start(pool);
            }
            else
            {
                Divided(count, pool!);
            }
        }
    }

    // One image after the other, each shared by all threads.
    private void Divided(int count, WorkerPool pool)
    {
        pieceVectors = byPlanes
            ? vectors
            : Math.Max(ConvolutionTile.Vectors, PiecePositions / kernels.Lanes / ConvolutionTile.Vectors * ConvolutionTile.Vectors);
        blocks = (vectors + pieceVectors - 1) / pieceVectors;
        fixed (float* padded = layout.IsInPlace || byPlanes ? default : Scratch.Planes(layout.Length))
        {
            planes = padded;
            for (image = 0; image < count; image++)
            {
                Begin(blocks * shape.Groups, padded == null ? 0 : shape.Channels);
                Start(pool);
            }
        }

        planes = null;
    }

    private void Start(WorkerPool? pool)
    {
        if (pool is null)
        {
            RunAlone();
        }
        else
        {
            pool.Run(this);
        }
    }

    protected override void Prepare(int piece) =>
        layout.Write(Image(image) + ((nint)piece * shape.Height * shape.Width), planes + ((nint)piece * layout.PlaneSize));

    protected override void Run(int piece)
    {
        if (byPlanes)
        {
            var (index, of) = wholeImages ? (piece, 0) : (image, piece);
            for (var group = of; group < (wholeImages ? shape.Groups : of + 1); group++)
            {
                MultiplyPlanes(index, group);
            }

            return;
        }

        if (!wholeImages)
        {
            var (group, block) = Math.DivRem(piece, blocks);
            var first = block * pieceVectors;
            Multiply(image, planes == null ? Image(image) : planes, group, first, Math.Min(vectors, first + pieceVectors));
            return;
        }

        fixed (float* padded = layout.IsInPlace ? default : Scratch.Planes(layout.Length))
        {
            var source = Image(piece);
            for (var channel = 0; channel < shape.Channels && padded != null; channel++)
            {
                layout.Write(source + ((nint)channel * shape.Height * shape.Width), padded + ((nint)channel * layout.PlaneSize));
            }

            for (var group = 0; group < shape.Groups; group++)
            {
                Multiply(piece, padded == null ? source : padded, group, 0, vectors);
            }
        }
    }

    private float* Image(int index) => images + (index * (nint)shape.Channels * shape.Height * shape.Width);

    // Where the vectors of an image begin, in planes and in an output; the last again until there are enough.
    private void WriteVectors(Span<int> starts, Span<int> targets)
    {
        for (var vector = 0; vector < planeVectors; vector++)
        {
            // The last vector of a row reaches back over the one before it.
            var (row, place) = Math.DivRem(Math.Min(vector, vectors - 1), rowVectors);
            var x = Math.Max(0, Math.Min(place * kernels.Lanes, shape.OutWidth - kernels.Lanes));
            starts[vector] = (int)layout.Row(row) + x;
            targets[vector] = (row * shape.OutWidth) + x;
        }
    }

    // The outputs of a group of an image, one by one, while the group's planes are in the first caches.
    private void MultiplyPlanes(int index, int group)
    {
        var source = Image(index) + ((nint)group * shape.ChannelsPerGroup * shape.Height * shape.Width);
        fixed (float* padded = layout.IsInPlace ? default : Scratch.Planes(layout.Length))
        {
            for (var channel = 0; channel < shape.ChannelsPerGroup && padded != null; channel++)
            {
                layout.Write(source + ((nint)channel * shape.Height * shape.Width), padded + ((nint)channel * layout.PlaneSize));
            }

            var plane = new ConvolutionPlane
            {
                Inputs = padded == null ? source : padded, Offsets = offsets, Depth = shape.Depth, Starts = offsets + shape.Depth,
                Targets = offsets + shape.Depth + planeVectors, Vectors = planeVectors, Store = store,
            };
            for (var output = group * shape.OutputsPerGroup; output < (group + 1) * shape.OutputsPerGroup; output++)
            {
                plane.Weights = weights + ((nint)output * shape.Depth);
                plane.Output = output;
                plane.Place = (((nint)index * shape.Outputs) + output) * shape.Positions;
                kernels.Multiply(in plane);
                if (store.IsLater)
                {
                    store.Activate(plane.Place, shape.Positions);
                }
            }
        }
    }

    // Some vectors of positions of a group of an image.
    private void Multiply(int index, float* inputs, int group, int first, int end)
    {
        inputs += (nint)group * shape.ChannelsPerGroup * layout.PlaneSize;
        var lanes = kernels.Lanes;
        var sums = stackalloc float[8 * ConvolutionTile.Vectors * MaxLanes];
        var sources = stackalloc float*[ConvolutionTile.Vectors];
        var targets = stackalloc nint[ConvolutionTile.Vectors];
        var counts = stackalloc int[ConvolutionTile.Vectors];
        var firstOutput = group * shape.OutputsPerGroup;
        var tile = new ConvolutionTile { Offsets = gathers ? offsets + shape.Depth : offsets, Depth = shape.Depth, WeightStride = shape.Depth, Sums = sums };
        var places = new TilePlaces { Targets = targets, Counts = counts };
        var (row, place) = Math.DivRem(first, rowVectors);
        for (int vector = first, together; vector < end; vector += together)
        {
            // Four are two and two.
            together = end - vector == ConvolutionTile.Vectors + 1 ? 2 : Math.Min(ConvolutionTile.Vectors, end - vector);
            if (gathers)
            {
                var panel = Gather(inputs, vector * lanes, Math.Min(together * lanes, shape.Positions - (vector * lanes)));
                for (var i = 0; i < together; i++)
                {
                    sources[i] = panel + (i * lanes);
                    targets[i] = (nint)(vector + i) * lanes;
                    counts[i] = Math.Min(lanes, shape.Positions - ((vector + i) * lanes));
                }
            }
            else
            {
                for (var i = 0; i < together; i++)
                {
                    // The last vector of a row reaches back over the one before it.
                    var x = Math.Max(0, Math.Min(place * lanes, shape.OutWidth - lanes));
                    sources[i] = inputs + layout.Row(row) + x;
                    targets[i] = ((nint)row * shape.OutWidth) + x;
                    counts[i] = Math.Min(lanes, shape.OutWidth);
                    if (++place == rowVectors)
                    {
                        (row, place) = (row + 1, 0);
                    }
                }
            }

            tile.First = sources[0];
            tile.Second = sources[together > 1 ? 1 : 0];
            tile.Third = sources[together > 2 ? 2 : 0];
            tile.Weights = weights + ((nint)firstOutput * shape.Depth);
            places.Vectors = together;
            places.Output = firstOutput;
            places.Place = (((nint)index * shape.Outputs) + firstOutput) * shape.Positions;
            for (int left = shape.OutputsPerGroup, taken = kernels.Most; left > 0; left -= taken)
            {
                while (taken > left)
                {
                    taken /= 2;
                }

                kernels.Multiply(taken, together, in tile);
                places.Outputs = taken;
                kernels.Store(in store, sums, in places);
                tile.Weights += (nint)taken * shape.Depth;
                places.Output += taken;
                places.Place += (nint)taken * shape.Positions;
            }
        }
    }

    // The inputs of some positions, [depth, positions]. What is written too much is written over by what follows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float* Gather(float* inputs, int first, int count)
    {
        var width = ConvolutionTile.Vectors * kernels.Lanes;
        var bytes = sizeof(float) * (((long)shape.Depth * width) + MaxLanes);
        if (panelMemory is null || panelMemory.Bytes < bytes)
        {
            panelMemory = new AlignedMemory(bytes);
        }

        const int Step = 8;
        var starts = stackalloc float*[ConvolutionTile.Vectors * MaxLanes];
        var places = stackalloc int[ConvolutionTile.Vectors * MaxLanes];
        var runs = 0;
        var (y, x) = Math.DivRem(first, shape.OutWidth);
        for (var p = 0; p < count; y++, x = 0)
        {
            var start = inputs + layout.Row(y) + x;
            var end = Math.Min(count, p + shape.OutWidth - x);
            for (; p < end; p += Step, start += Step)
            {
                starts[runs] = start;
                places[runs++] = p;
            }

            p = end;
        }

        var panel = (float*)panelMemory.Start;
        var to = panel;
        for (var i = 0; i < shape.Depth; i++, to += width)
        {
            nint offset = offsets[i];
            for (var run = 0; run < runs; run++)
            {
                Vector256.Load(starts[run] + offset).Store(to + places[run]);
            }
        }

        return panel;
    }
}
