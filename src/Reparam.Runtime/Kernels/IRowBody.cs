namespace Reparam.Runtime.Kernels;

/// <summary>The work on one row of a strided loop: <c>count</c> elements from each operand's offset, a stride apart.</summary>
internal interface IRowBody
{
    void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2);
}
