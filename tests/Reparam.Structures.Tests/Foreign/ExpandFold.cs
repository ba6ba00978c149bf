using Reparam.Compression.Structures;

namespace Reparam.Structures.Tests.Foreign;

/// <summary>W = U·V + I and b = U·v + u, on plain arrays.</summary>
public sealed class ExpandFold : StructureMethod
{
    public override Type OptionsType => typeof(ExpandAttribute);

    public override bool IsUnfolded(BlockState block) => block.Contains("wide.weight");

    public override IReadOnlyList<FoldedTensor> Fold(BlockState block, StructureAttribute options)
    {
        var isSkipped = ((ExpandAttribute)options).Skip;
        var (wide, width) = block.Matrix("wide.weight");
        return
        [
            new FoldedTensor("fused.weight", "wide.weight", [width, width], () =>
            {
                var (u, v) = (block.Read("back.weight", width, wide), block.Read("wide.weight", wide, width));
                var product = new double[width * width];
                for (var r = 0; r < width; r++)
                {
                    for (var i = 0; i < wide; i++)
                    {
                        for (var c = 0; c < width; c++)
                        {
                            product[(r * width) + c] += u[(r * wide) + i] * v[(i * width) + c];
                        }
                    }

                    product[(r * width) + r] += isSkipped ? 1 : 0;
                }

                return product;
            }),
            new FoldedTensor("fused.bias", "back.bias", [width], () =>
            {
                var (u, inner, outer) = (block.Read("back.weight", width, wide), block.Read("wide.bias", wide), block.Read("back.bias", width));
                return [.. outer.Select((bias, r) => bias + Enumerable.Range(0, wide).Sum(i => u[(r * wide) + i] * inner[i]))];
            }),
        ];
    }
}
