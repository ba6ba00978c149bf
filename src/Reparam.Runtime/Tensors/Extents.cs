using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

/// <summary>The sizes or strides of a tensor, held in place.</summary>
[InlineArray(MaxRank)]
internal struct Extents
{
    public const int MaxRank = 8;

    private long first;
}
