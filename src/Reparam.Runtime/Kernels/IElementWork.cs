namespace Reparam.Runtime.Kernels;

/// <summary>Work that only moves elements, whatever they mean.</summary>
internal interface IElementWork
{
    void Run<T>()
        where T : unmanaged;
}
