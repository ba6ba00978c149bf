using System.Globalization;
using SkiaSharp;

namespace ImageClassifier;

/// <summary>A picture of predictions: each image with the class and its probability below, the wrong ones framed and with their true class.</summary>
public static class PictureGrid
{
    private const int Columns = 10;
    private const int Cell = 96;        // an image's side
    private const int Gap = 8;
    private const int Line = Glyphs.Height + 4;

    private static readonly SKColor Paper = SKColors.White, Right = new(0x22, 0x66, 0x33), Wrong = new(0xC0, 0x20, 0x20);

    /// <summary>Writes it.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="images">The images.</param>
    /// <param name="found">What the network says of them.</param>
    /// <param name="count">Images to show at most: the wrong ones first, up to half of them.</param>
    public static void Save(string path, ImageSet images, Classification found, int count)
    {
        var wrong = Enumerable.Range(0, images.Count).Where(i => found.Predictions[i] != images.Labels[i]).Take((count + 1) / 2).ToArray();
        int[] shown = [.. wrong.Concat(Enumerable.Range(0, images.Count).Except(wrong).Where(i => found.Predictions[i] == images.Labels[i])).Take(count)];
        var rows = (shown.Length + Columns - 1) / Columns;
        var height = Cell + (2 * Line) + Gap;
        using var bitmap = new SKBitmap(Gap + (Columns * (Cell + Gap)), Gap + (rows * height));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(Paper);
            foreach (var (place, image) in shown.Index())
            {
                Draw(canvas, Gap + (place % Columns * (Cell + Gap)), Gap + (place / Columns * height), images, found, image);
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using var file = File.Create(path);
        data.SaveTo(file);
    }

    private static void Draw(SKCanvas canvas, int left, int top, ImageSet images, Classification found, int image)
    {
        using var picture = Picture(images, image);
        canvas.DrawBitmap(picture, SKRect.Create(left, top, Cell, Cell));
        var right = found.Predictions[image] == images.Labels[image];
        var colour = right ? Right : Wrong;
        if (!right)
        {
            using var frame = new SKPaint { Color = colour, Style = SKPaintStyle.Stroke, StrokeWidth = 3 };
            canvas.DrawRect(SKRect.Create(left, top, Cell, Cell), frame);
            Write(canvas, left, top + Cell + Line + 3, $"is {images.Classes[images.Labels[image]]}", colour);
        }

        var percent = (100 * found.Probabilities[image]).ToString("F0", CultureInfo.InvariantCulture);
        Write(canvas, left, top + Cell + 3, $"{images.Classes[found.Predictions[image]]} {percent}%", colour);
    }

    private static void Write(SKCanvas canvas, int left, int top, string text, SKColor colour)
    {
        using var paint = new SKPaint { Color = colour };
        foreach (var (x, y) in Glyphs.Ink(text))
        {
            canvas.DrawRect(left + x, top + y, 1, 1, paint);
        }
    }

    private static SKBitmap Picture(ImageSet images, int image)
    {
        var area = images.Side * images.Side;
        var values = images.Pixels.AsSpan(image * images.Size, images.Size);
        var bitmap = new SKBitmap(images.Side, images.Side);
        for (var i = 0; i < area; i++)
        {
            var (red, green, blue) = images.Channels == 1 ? (values[i], values[i], values[i]) : (values[i], values[area + i], values[(2 * area) + i]);
            bitmap.SetPixel(i % images.Side, i / images.Side, new SKColor(red, green, blue));
        }

        return bitmap;
    }
}
