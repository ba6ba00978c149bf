namespace Reparam.Benchmarks.Kernels;

/// <summary>What the read probe found.</summary>
/// <param name="Threads">Threads that read.</param>
/// <param name="Cold">Whether from memory; else from the cache.</param>
/// <param name="Bytes">Bytes of a block.</param>
/// <param name="BytesPerSecond">Bytes a second, 10th percentile of the samples.</param>
internal sealed record ProbeLine(int Threads, bool Cold, long Bytes, double BytesPerSecond);
