namespace Reparam.Benchmarks.Commands;

/// <summary>Another process of this command failed, and has said why.</summary>
internal sealed class SelfProcessException(int status) : Exception($"the process ended with status {status}")
{
    /// <summary>Its exit status.</summary>
    public int Status { get; } = status;
}
