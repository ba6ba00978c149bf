namespace Reparam.Training;

/// <summary>Places of some images at which a convolution is looked at.</summary>
/// <param name="Samples">How many images of the batch, from the first on.</param>
/// <param name="Places">The places, [samples · chosen], the rows of the output's image one after the other.</param>
/// <param name="Rows">Input vectors of those images.</param>
/// <param name="Weight">How many input vectors each of the chosen ones stands for.</param>
internal sealed record PlaceDraw(long Samples, long[] Places, long Rows, double Weight)
{
    /// <summary>Places of each image.</summary>
    public long Chosen => Places.Length / Samples;

    /// <summary>Where the places lie among those of all images.</summary>
    /// <param name="places">Places of an image.</param>
    public long[] RowsOf(long places) => [.. Places.Select((place, i) => (i / Chosen * places) + place)];

    /// <summary>The places of some images.</summary>
    /// <param name="start">The first image.</param>
    /// <param name="samples">How many.</param>
    public ReadOnlySpan<long> Of(long start, long samples) => Places.AsSpan((int)(start * Chosen), (int)(samples * Chosen));

    /// <summary>Draws places of each image without replacement, every place with the same chance.</summary>
    /// <param name="random">The source.</param>
    /// <param name="samples">Images.</param>
    /// <param name="places">Places of an image.</param>
    /// <param name="chosen">Places to draw of each, at most all.</param>
    /// <returns>[samples · chosen], those of an image in rising order.</returns>
    public static long[] Draw(Random random, long samples, long places, long chosen)
    {
        // The first steps of a Fisher-Yates shuffle; it may start from any order, so from the one that the image before left.
        var order = new long[places];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var drawn = new long[samples * chosen];
        for (var sample = 0; sample < samples; sample++)
        {
            for (var i = 0; i < chosen; i++)
            {
                var other = random.NextInt64(i, places);
                (order[i], order[other]) = (order[other], order[i]);
            }

            var taken = drawn.AsSpan((int)(sample * chosen), (int)chosen);
            order.AsSpan(0, (int)chosen).CopyTo(taken);
            taken.Sort();
        }

        return drawn;
    }
}
