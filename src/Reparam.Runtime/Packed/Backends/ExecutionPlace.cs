namespace Reparam.Runtime.Packed;

/// <summary>Where a packed product is computed. Which instructions a processor takes there is another matter: <see cref="KernelPath"/>.</summary>
public enum ExecutionPlace
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>A graphics processor. It needs a backend that was registered for it (<see cref="PackedBackends.Register"/>).</summary>
    Gpu,
}
